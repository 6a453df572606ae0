// The tck guest with mistakes in it, one for each vector of the kit: it shows that the
// kit can fail. Which mistake a call makes is the last member of its input, which the guest
// itself does not get to see. What the manifest has wrong is said without an input: in the
// place of the text below, after the module was built. The mistakes are made where the guest
// meets its host: what it reads, asks, logs and writes.
#define _GNU_SOURCE // memmem
#define ACRHOST_DOUBLE
#include "guest.c" // sdk/c/tck/step.c

static const volatile char written_name[48] = "@the name of the vector that this guest fails@";
static char mistake_name[48];

#define HOST(module, name) __attribute__((import_module(module), import_name(#name)))
HOST("acrhost_v1", input_len) size_t host_input_len(void);
HOST("acrhost_v1", input_read) size_t host_input_read(char *to, size_t cap, size_t off);
HOST("acrhost_v1", output_write) void host_output_write(const char *from, size_t len);
HOST("acrhost_v1", result_len) size_t host_result_len(void);
HOST("acrhost_v1", result_read) size_t host_result_read(char *to, size_t cap, size_t off);
HOST("acrhost_v1", log) void host_log(int32_t level, const char *from, size_t len);

// Where a mistake is made.
typedef enum { WRITES, ASKS, READS, CUTS_INPUT, CUTS_OUTPUT, CUTS_ANSWER, ANSWERS, IGNORES_STATUS, ASKS_TWICE, SKIPS, TRAPS, TRAPS_ON_STATUS, LOGS } place;

typedef struct {
  const char *vector;
  place where;
  const char *when;      // in the input, for the mistake to be made; NULL: always
  const char *from, *to; // what is changed, and to what
} mistake;

static const mistake mistakes[] = {
  {"", LOGS, "no input has this", NULL, NULL},                                            // the manifest is as it should be
  {"manifest", WRITES, NULL, "\"version\":\"1.0.0\"", "\"version\":\"1.0\""},
  {"echo-blank", WRITES, NULL, "\"login_hint\":null", "\"login_hint\":\"\""},             // null is read as empty
  {"echo-full", WRITES, NULL, "1795417200123", "1795417200000"},                          // fractions of a second are lost
  {"echo-types", WRITES, NULL, "\"lists\": [[]", "\"lists\": [{}"},                         // an empty list becomes an object
  {"echo-numbers", WRITES, NULL, "9007199254740991", "9007199254740990"},                 // integers pass through less than a double
  {"echo-texts", WRITES, NULL, "a\\u0000b", "a"},                                         // texts end at the first 0
  {"echo-unknown", TRAPS, "\"abi\":\"1.9\"", NULL, NULL},                                  // what it does not know is refused
  {"echo-deep", TRAPS, "\"deep\"", NULL, NULL},                                           // the stack is too small
  {"config-defaults", WRITES, NULL, "\"count\":6", "\"count\":0"},                        // defaults are only in the schema
  {"config-full", WRITES, NULL, "\"value\":\"\",\"label\":\"\"", "\"value\":\"\",\"label\":\"One\""}, // an element keeps what was in the one before
  {"config-digits", WRITES, NULL, "0.30000000000000004", "0.3"},                          // doubles are written with 16 digits
  {"config-range", READS, "9223372036854775808", "9223372036854775808", "9223372036854775807"}, // the range of an integer is not checked, or cut to
  {"config-missing", READS, "{\"word\"", "{\"word\"", "{\"text\":\"\",\"word\""},         // required is not checked
  {"config-type", READS, "\"count\": \"6\"", "\"count\": \"6\"", "\"count\":6"},            // texts are taken for numbers
  {"config-unknown", READS, "cuont", "\"cuont\": 7", "\"count\":7"},                       // what is misspelt is guessed
  {"config-inner", READS, "\"label\": \"b\"", "{\"label\"", "{\"value\":\"\",\"label\""},  // only the outermost members are checked
  {"outcome-ok", WRITES, "\"outcome\"", "{\"outcome\":\"ok\"}", "{\"outcome\":\"ok\",\"vars\":{}}"}, // what there is none of is written all the same
  {"outcome-other", WRITES, NULL, "\"outcome\":\"other\"", "\"outcome\":\"ok\""},           // the outcome is fixed
  {"outcome-acr-text", WRITES, NULL, "\\u00e4", "\\u00c3\\u00a4"},                  // UTF-8 is encoded twice
  {"outcome-acr-object", WRITES, NULL, "{\"type\": \"b\"", "{\"type\": \"B\""},
  {"outcome-vars", WRITES, NULL, "\"null\":null,", ""},                                   // null deletes
  {"outcome-granted", WRITES, NULL, "{\"method\":\"face\"}", "{\"method\":\"face\",\"amr\":[]}"},
  {"prompt-first", WRITES, NULL, ",\"read_only\":true", ""},
  {"prompt-again", WRITES, NULL, "\"round\":5", "\"round\":1"},                           // the state is not handed on
  {"prompt-answer", WRITES, NULL, "\"checkbox\":\"false\"", "\"checkbox\":false"},        // answers are not all texts
  {"prompt-answer-none", READS, "\"otpx\"", "\"OTP\"", "\"otp\""},                         // the case of a field's name is folded
  {"redirect-begin", ASKS, NULL, "{\"provider\":\"acme\"}", "{\"provider\":\"acme\",\"acr_values\":[]}"},
  {"redirect-acr", ASKS, NULL, "[\"loa3\",\"loa2\"]", "[\"loa2\",\"loa3\"]"},
  {"redirect-unknown", IGNORES_STATUS, "\"redirect\"", NULL, "{\"url\":\"https://acme.example/\"}"}, // redirects to a URL that nobody gave
  {"redirect-back", WRITES, NULL, "\"amr\":[\"mfa\"]", "\"amr\":[]"},
  {"redirect-bare", WRITES, NULL, "\"acr\":null", "\"acr\":\"\""},
  {"redirect-all", ASKS, NULL, "\"max_age\":0,", ""},                                      // 0 is taken for absent
  {"redirect-back-refused", WRITES, NULL, "\"not_found\"", "\"unlinked\""},               // a status is read as an answer's error
  {"redirect-failed", ANSWERS, "\"redirect\"", "\"ok\": false", "\"ok\": true"},                      // the answer's ok is not looked at
  {"fetch-get", ASKS, NULL, "{\"url\":\"https://api.example/\"}", "{\"method\":\"\",\"url\":\"https://api.example/\"}"}, // what is absent is sent empty
  {"fetch-post", ASKS, NULL, "\"x-empty\":\"\"", "\"x-empty\":null"},
  {"fetch-denied", ASKS_TWICE, "fetch", NULL, NULL},                                      // denied is tried again
  {"fetch-bad-request", WRITES, "\"fetch\"", "\"status\":2", "\"status\":4"},
  {"fetch-not-found", WRITES, NULL, "\"status\":3", "\"status\":0"},
  {"fetch-upstream-fault", TRAPS_ON_STATUS, "fetch", NULL, NULL},                                   // a status is thrown
  {"fetch-limit", WRITES, NULL, "\"status\":5", "\"status\":30"},
  {"fetch-large", CUTS_ANSWER, "large", NULL, NULL},                                      // only the first piece of an answer is read
  {"strict-denied", WRITES, NULL, "\"denied\"", "\"Denied\""},
  {"strict-bad-request", WRITES, NULL, "\"bad_request\"", "\"bad request\""},
  {"strict-not-found", WRITES, NULL, "\"not_found\"", "\"error\""},
  {"strict-upstream-fault", WRITES, NULL, "\"upstream_fault\"", "\"4\""},
  {"strict-limit", WRITES, NULL, "\"limit_reached\"", "\"upstream_fault\""},
  {"otp-send", ASKS, NULL, "\"length\":8", "\"length\":\"8\""},
  {"otp-wait", CUTS_ANSWER, "email", NULL, "0"},                                          // an answer beside a status is not read
  {"otp-silent", WRITES, NULL, "{\"retry_after\":0", "{\"retry_after\":1"},
  {"otp-right", ASKS, NULL, "12345678", "1234567"},
  {"otp-wrong", ANSWERS, NULL, "\"ok\": false, \"retry_after\": 1}", "\"ok\": true}"},
  {"otp-limit", WRITES, NULL, "\"retry_after\":600", "\"retry_after\":0"},
  {"user-known", ASKS, NULL, "{\"password\"", "{\"username\":\"alice\",\"password\""},
  {"user-unknown", IGNORES_STATUS, "\"user\"", NULL, "{\"subject\":{\"id\":\"\",\"username\":\"nobody\",\"claims\":{}}}"},
  {"user-wrong", ANSWERS, "\"user\"", "{\"ok\": false}", "{\"ok\": true}"},
  {"user-limit", WRITES, NULL, "\"limit_reached\"", "\"denied\""},
  {"user-factors-refused", IGNORES_STATUS, "right", NULL, "{\"subject\":{},\"ok\":true}"},     // nothing is known, and that is told
  {"password-verify", WRITES, NULL, "\"change\":true", "\"change\":false"},                // an optional member is not read
  {"password-verify-refused", ASKS, NULL, "\"username\":\"bob\",", ""},                     // an optional member is not sent
  {"password-set", ASKS, NULL, "{\"password\":\"n", "{\"value\":\"n"},
  {"password-set-breached", WRITES, NULL, "\"breached\"", "\"too_short\""},
  {"password-set-refused", ASKS_TWICE, "password_set", NULL, NULL},
  {"passkey-login-options", ASKS, "passkey_login_options", "{}", "{\"user_verification\":\"\"}"}, // what is absent is sent empty
  {"passkey-login-options-told", ASKS, NULL, "\"preferred\"", "\"required\""},
  {"passkey-login-options-refused", IGNORES_STATUS, "passkey_login_options", NULL, "{}"},
  {"passkey-login", ASKS, NULL, "{\"response\"", "{\"credential\""},
  {"passkey-login-wrong", ANSWERS, "passkey_login", "\"ok\": false", "\"ok\": true"},
  {"passkey-login-refused", WRITES, "passkey_login", "\"status\":2", "\"status\":\"bad_request\""},
  {"passkey-register-options", ASKS, NULL, "\"user_verification\"", "\"userVerification\""},
  {"passkey-register-options-refused", TRAPS_ON_STATUS, "passkey_register_options", NULL, NULL},
  {"passkey-register", ASKS, NULL, ",\"name\":\"My key\"", ""},
  {"passkey-register-unnamed", ASKS, "passkey_register", "{\"response\":\"{}\"}", "{\"response\":\"{}\",\"name\":\"\"}"},
  {"passkey-register-refused", WRITES, "passkey_register", "\"refused\"", "\"ok\""},
  {"totp-verify", ASKS, NULL, "\"012345\"", "12345"},                                     // a code is taken for a number
  {"totp-verify-wrong", WRITES, NULL, "\"retry_after\":7", "\"retry_after\":0"},
  {"totp-verify-refused", WRITES, "totp_verify", "\"status\":5", "\"status\":60"},
  {"totp-enroll", ASKS, "totp_enroll", "{}", "null"},                                     // nothing to say is said otherwise
  {"totp-enroll-refused", ASKS_TWICE, "totp_enroll", NULL, NULL},
  {"totp-confirm", ASKS, NULL, "\"name\":\"Phone\"", "\"label\":\"Phone\""},
  {"totp-confirm-unnamed", ASKS, "totp_confirm", "\"123456\"}", "\"123456\",\"name\":null}"},
  {"totp-confirm-refused", IGNORES_STATUS, "totp_confirm", NULL, "{\"ok\":false}"},          // a bad request is a wrong code
  {"recovery-verify", WRITES, NULL, "\"left\":9", "\"left\":0"},
  {"recovery-verify-wrong", ANSWERS, "recovery_verify", "\"ok\": false", "\"ok\": true"},
  {"recovery-verify-refused", WRITES, "recovery_verify", "\"status\":3", "\"status\":404"},
  {"recovery-generate", WRITES, "recovery_generate", "{\"outcome\":\"ok\"}", "{\"outcome\":\"ok\",\"vars\":{\"codes\":[]}}"},
  {"recovery-generate-refused", WRITES, "recovery_generate", "\"status\":1", "\"status\":\"1\""},
  {"recovery-confirm", ASKS, "recovery_confirm", "{}", "[]"},
  {"recovery-confirm-refused", TRAPS_ON_STATUS, "recovery_confirm", NULL, NULL},
  {"address-enroll", ASKS, NULL, "\"address\":\"+", "\"to\":\"+"},
  {"address-enroll-refused", ASKS, "no address", "\"email\"", "\"sms\""},                // the default is sent all the same
  {"address-confirm", ASKS, NULL, "\"channel\":\"email\",\"code\":\"123456\"", "\"channel\":\"123456\",\"code\":\"email\""},
  {"address-confirm-wrong", WRITES, "address_confirm", ",\"vars\":{\"ok\":false}", ""},           // false is left out
  {"address-confirm-refused", WRITES, "address_confirm", "\"status\":4", "\"status\":0"},
  {"consent-check", CUTS_ANSWER, "consent_check", NULL, "0"},                             // an answer without a request is not read
  {"consent-check-asks", WRITES, "consent_check", "\"ok\":false", "\"ok\":\"false\""},         // a truth value becomes a text
  {"consent-check-refused", IGNORES_STATUS, "consent_check", NULL, "{\"ok\":true}"},
  {"consent-give", SKIPS, "consent_give", NULL, NULL},                                    // the host is not asked at all
  {"consent-give-refused", IGNORES_STATUS, "consent_give", NULL, "{}"},
  {"fail-document", WRITES, NULL, "\"code\":\"no_phone\"", "\"code\":\"error\""},
  {"fail-abort", READS, "\"abort\"", "{\"how\": \"abort\"}", "{}"},                           // what was to end the call does not
  {"log", LOGS, NULL, NULL, NULL},                                                        // every line has the same level
  {"size-text", WRITES, NULL, "\"bytes\":10", "\"bytes\":5"},                             // units of UTF-16 are counted
  {"size-skip", WRITES, NULL, "\"bytes\":5000", "\"bytes\":3000"},                        // characters are counted
  {"size-input", CUTS_INPUT, NULL, NULL, NULL},                                           // the input is read into 64 KiB
  {"size-output", CUTS_OUTPUT, NULL, NULL, NULL},                                         // the output is cut at 32 KiB
};

// is_named says whether the mistake has this name.
static bool is_named(const char *name) {
  for (size_t i = 0; i < sizeof mistake_name; i++) {
    char c = mistake_name[0] ? mistake_name[i] : written_name[i];
    if (c != name[i]) return false;
    if (c == 0) return true;
  }
  return false;
}

static const mistake *chosen(void) {
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
    if (is_named(mistakes[i].vector)) return mistakes + i;
  __builtin_trap(); // a vector that nobody wrote a mistake for
}

static char input[160 << 10], result[320 << 10], changed[128 << 10];
static size_t input_size, result_size;
static bool input_known;

static bool holds(const char *in, size_t n, const char *what) { return memmem(in, n, what, strlen(what)) != NULL; }

// makes says whether the chosen mistake is made at a place in this call.
static bool makes(place where) {
  const mistake *m = chosen();
  return m->where == where && (!m->when || holds(input, input_size, m->when));
}

// change gives a text with every from in it replaced.
static ah_text change(const char *text, size_t n) {
  const mistake *m = chosen();
  size_t length = strlen(m->from), used = 0;
  for (size_t i = 0; i < n;) {
    bool here = n - i >= length && memcmp(text + i, m->from, length) == 0;
    const char *piece = here ? m->to : text + i;
    size_t size = here ? strlen(m->to) : 1;
    memcpy(changed + used, piece, size);
    used += size, i += here ? length : 1;
  }
  return (ah_text){changed, used};
}

// take_name takes the mistake's name off the input: {…,"mistake":"echo-blank"}.
static void take_name(void) {
  static const char member[] = ",\"mistake\":\"";
  size_t end = input_size - sizeof "\"}" + 1, from = end;
  mistake_name[0] = 0;
  if (input_size < 2) return; // the manifest is asked for
  while (from > 0 && input[from - 1] != '"') from--;
  if (from < sizeof member - 1 || memcmp(input + from - (sizeof member - 1), member, sizeof member - 1) != 0) __builtin_trap();
  if (end - from >= sizeof mistake_name) __builtin_trap();
  memcpy(mistake_name, input + from, end - from);
  mistake_name[end - from] = 0;
  input_size = from - (sizeof member - 1);
  input[input_size++] = '}';
}

static void know_input(void) {
  if (input_known) return;
  input_known = true;
  input_size = 0;
  for (size_t n; (n = host_input_read(input + input_size, sizeof input - input_size, input_size)) > 0;) input_size += n;
  take_name();
  if (makes(READS)) {
    ah_text t = change(input, input_size);
    memcpy(input, t.at, input_size = t.len);
  }
  if (makes(CUTS_INPUT) && input_size > 64 << 10) input_size = 64 << 10;
}

size_t acrhost_input_len(void) { return know_input(), input_size; }
size_t acrhost_input_read(char *to, size_t cap, size_t off) {
  size_t n = input_size - off < cap ? input_size - off : cap;
  memcpy(to, input + off, n);
  if (makes(TRAPS)) __builtin_trap();
  return n;
}

void acrhost_output_write(const char *from, size_t len) {
  know_input();
  input_known = false;
  if (makes(WRITES)) {
    ah_text t = change(from, len);
    from = t.at, len = t.len;
  }
  if (makes(CUTS_OUTPUT) && len > 32 << 10) len = 32 << 10;
  host_output_write(from, len);
}

void acrhost_log(int32_t level, const char *from, size_t len) { host_log(makes(LOGS) ? AH_INFO : level, from, len); }

size_t acrhost_result_len(void) { return result_size; }
size_t acrhost_result_read(char *to, size_t cap, size_t off) {
  size_t n = result_size - off < cap ? result_size - off : cap;
  memcpy(to, result + off, n);
  return n;
}

static int32_t asks(int32_t (*ask)(const char *, size_t), const char *request, size_t len) {
  if (makes(ASKS)) {
    ah_text t = change(request, len);
    request = t.at, len = t.len;
  }
  if (makes(SKIPS)) {
    memcpy(result, "{}", result_size = 2);
    return AH_OK;
  }
  int32_t status = ask(request, len);
  if (makes(ASKS_TWICE) && status == AH_DENIED) status = ask(request, len);
  if (makes(TRAPS_ON_STATUS) && status != AH_OK) __builtin_trap();
  result_size = 0;
  for (size_t n; (n = host_result_read(result + result_size, sizeof result - result_size, result_size)) > 0;) result_size += n;
  if (makes(ANSWERS)) {
    ah_text t = change(result, result_size);
    memcpy(result, t.at, result_size = t.len);
  }
  if (makes(CUTS_ANSWER)) result_size = chosen()->to ? 0 : result_size < 64 << 10 ? result_size : 64 << 10;
  if (makes(IGNORES_STATUS) && status != AH_OK) {
    memcpy(result, chosen()->to, result_size = strlen(chosen()->to));
    status = AH_OK;
  }
  return status;
}

#define ASKED(name)                                                              \
  HOST("acrhost_cap_v1", name) int32_t host_cap_##name(const char *, size_t);    \
  int32_t acrhost_cap_##name(const char *request, size_t len) { return asks(host_cap_##name, request, len); }
AH_CAPABILITY_NAMES(ASKED)
