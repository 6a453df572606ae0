// The guest of the conformance kit, with the C SDK. sdk/tck/README.md specifies it.
#include "acrhost.h"

ACRHOST_STEP(echo, ah_none) {
  (void)config;
  ah_outcome(c, AH("ok"));
  // The whole input, from the types that it was read into.
  const ah_type *t = ah_input_type();
  for (size_t i = 0; i < t->count; i++) {
    const ah_member *m = t->members + i;
    size_t from = ah_used;
    if (strcmp(m->name, "config") == 0) continue;
    if (m->kind == AH_TABLE && ah_zero(m, (char *)&c->in + m->offset)) ah_puts("null");
    else ah_put_value(m, (char *)&c->in + m->offset, true);
    ah_var(c, m->name, (ah_json){ah_arena + from, ah_used - from});
  }
}

#define OPTION(M) M(TEXT, value, REQUIRED, "What it is.") M(TEXT, label, DEFAULT(""), "What is shown.")
ACRHOST_TYPE(option, OPTION)

#define ALL(M)                                                       \
  M(TEXT, text, REQUIRED, "A text.")                                 \
  M(TEXT, word, DEFAULT("plain"), "A text with a default.")          \
  M(CHOICE("low|high"), choice, DEFAULT("low"), "One of two.")       \
  M(INT, count, DEFAULT(6), "An integer.")                           \
  M(NUMBER, ratio, DEFAULT(0.5), "A number.")                        \
  M(BOOL, flag, DEFAULT(true), "Yes or no.")                         \
  M(MAYBE, limit, OPTIONAL, "An integer, or none.")                  \
  M(TEXTS, names, OPTIONAL, "Texts.")                                \
  M(TABLE, table, OPTIONAL, "Texts by name.")                        \
  M(LIST(option), options, OPTIONAL, "Objects.")                     \
  M(JSON, any, OPTIONAL, "Anything.")
ACRHOST_TYPE(all, ALL)

ACRHOST_STEP(config_, all) {
  ah_outcome(c, AH("ok"));
  ah_var(c, "config", ah_write(all_type, config));
}

#define ASSERTED(M) M(TEXT, method, REQUIRED, "How.") M(TEXTS, amr, OPTIONAL, "Values of RFC 8176.")
ACRHOST_TYPE(asserted, ASSERTED)

#define OUTCOME(M)                                                   \
  M(TEXT, outcome, DEFAULT("ok"), "The outcome.")                    \
  M(JSON, acr, OPTIONAL, "The acr.")                                 \
  M(VALUES, vars, OPTIONAL, "Variables.")                            \
  M(VALUES, claims, OPTIONAL, "Claims.")                             \
  M(TEXTS, amr, OPTIONAL, "The amr.")                                \
  M(LIST(asserted), evidence, OPTIONAL, "Evidence.")                 \
  M(TEXT, subject, OPTIONAL, "The subject's id.")
ACRHOST_TYPE(outcome, OUTCOME)

ACRHOST_STEP(outcome_, outcome) {
  ah_outcome(c, config->outcome);
  if (config->acr.len) ah_set_acr_json(c, config->acr);
  for (size_t i = 0; i < config->vars.len; i++) ah_var_named(c, config->vars.at[i].name, config->vars.at[i].value);
  for (size_t i = 0; i < config->claims.len; i++) ah_claim(c, config->claims.at[i].name, config->claims.at[i].value);
  if (config->amr.at) ah_set_amr(c, config->amr);
  for (size_t i = 0; i < config->evidence.len; i++) ah_assert_evidence(c, config->evidence.at[i].method, config->evidence.at[i].amr);
  if (config->subject.at) ah_set_subject(c, config->subject);
}

#define ROUND(M) M(INT, round, REQUIRED, "") M(TEXT, note, REQUIRED, "")
ACRHOST_TYPE(round_, ROUND)

#define PLAIN(type_) {.name = AH(type_), .type = AH(type_), .label = AH(type_)}

ACRHOST_STEP(prompt, ah_none) {
  (void)config;
  round_ state = {.round = 1, .note = AH("é")};
  if (!c->in.form.at) {
    ah_ask(c, &(ah_prompt){
      .title = AH("All fields"), .text = AH("Two\nlines, \"quoted\" <b>not bold</b>."), .error = AH("Something was wrong."),
      .fields = AH_LIST_OF(ah_field,
        {.name = AH("text"), .type = AH("text"), .label = AH("Text"), .hint = AH("A hint"), .error = AH("Not this"), .value = AH("välue"), .read_only = true},
        PLAIN("username"), {.name = AH("password"), .type = AH("password"), .label = AH("password"), .required = true},
        PLAIN("new_password"), {.name = AH("otp"), .type = AH("otp"), .label = AH("otp"), .required = true}, PLAIN("email"), PLAIN("tel"),
        {.name = AH("select"), .type = AH("select"), .label = AH("Select"), .value = AH("b"), .options = AH_LIST_OF(ah_option, {AH("a"), AH("A")}, {.value = AH("b")})},
        {.name = AH("radio"), .type = AH("radio"), .label = AH("radio"), .options = AH_LIST_OF(ah_option, {AH("a"), AH("A")}, {.value = AH("b")})},
        PLAIN("checkbox"), PLAIN("hidden"), PLAIN("info"), PLAIN("passkey_get"), PLAIN("passkey_create"), PLAIN("totp_create"), PLAIN("recovery_codes")),
      .actions = AH_LIST_OF(ah_action, {AH("submit"), AH("Continue")}, {.name = AH("again")}),
    });
    ah_state(c, ah_write(round__type, &state));
    return;
  }
  if (!ah_parse(ah_raw(c->in.state), round__type, &state)) {
    ah_fail(c, AH("state"), AH("the state can't be read"));
  } else if (ah_same(c->in.action, AH("again"))) {
    state.round++;
    ah_ask(c, &(ah_prompt){.error = AH("Once more."), .fields = AH_LIST_OF(ah_field, {.name = AH("text"), .type = AH("text")})});
    ah_state(c, ah_write(round__type, &state));
  } else {
    ah_outcome(c, AH("ok"));
    ah_var(c, "form", ah_table_json(c->in.form));
    ah_var(c, "action", ah_build("%t", c->in.action));
    ah_var(c, "round", ah_build("%i", state.round));
    ah_var(c, "note", ah_build("%t", state.note));
    ah_var(c, "otp", ah_build("%t", ah_answered(&c->in, "otp")));
  }
}

#define REDIRECT(M) M(TEXT, provider, DEFAULT("acme"), "Where to.") M(TEXT, prompt, OPTIONAL, "What may be shown.") \
  M(MAYBE, max_age, OPTIONAL, "How old a login may be.") M(TEXT, login_hint, OPTIONAL, "Who.")
ACRHOST_TYPE(redirect, REDIRECT)

ACRHOST_STEP(redirect_, redirect) {
  ah_begun begun;
  ah_finished finished;
  if (!ah_has_state(&c->in)) {
    ah_begin request = {.provider = config->provider, .prompt = config->prompt, .max_age = config->max_age, .login_hint = config->login_hint};
    if (c->in.request.acr_values.len) request.acr_values = c->in.request.acr_values;
    if (ah_upstream_begin(c, &request, &begun) != AH_OK) { ah_failed(c); return; }
    ah_redirect(c, begun.url);
    ah_state(c, ah_build("{\"provider\":%t}", config->provider));
    return;
  }
  if (ah_upstream_finish(c, &(ah_none){0}, &finished) != AH_OK) { ah_failed(c); return; }
  ah_outcome(c, finished.ok ? AH("ok") : AH("failed"));
  if (finished.ok) ah_var(c, "upstream", ah_build("{\"claims\":%j,\"acr\":%t,\"amr\":%j}", finished.claims, finished.acr, ah_texts_json(finished.amr)));
  else ah_var(c, "error", ah_build("%t", finished.error));
}

#define FETCH(M)                                                     \
  M(TEXT, url, REQUIRED, "Where.") M(TEXT, method, OPTIONAL, "How.") \
  M(TEXT, body, OPTIONAL, "What.") M(TABLE, headers, OPTIONAL, "With what.") \
  M(BOOL, strict, DEFAULT(false), "Any other status is an error.")
ACRHOST_TYPE(fetch, FETCH)

ACRHOST_STEP(fetch_, fetch) {
  ah_fetched got;
  int32_t status = ah_http_fetch(c, &(ah_fetch){config->method, config->url, config->headers, config->body}, &got);
  if (status != AH_OK && config->strict) { ah_failed(c); return; }
  ah_outcome(c, status == AH_OK ? AH("ok") : AH("refused"));
  ah_var(c, "status", ah_build("%i", status == AH_OK ? got.status : (int64_t)status));
  if (status != AH_OK) return;
  ah_var(c, "headers", ah_table_json(got.headers));
  ah_var(c, "length", ah_build("%i", (int64_t)got.body.len));
  ah_text end = got.body;
  if (end.len > 1000) {
    size_t characters = 0;
    for (end.at += end.len, end.len = 0; characters < 8; characters += (*end.at & 0xc0) != 0x80) end.at--, end.len++;
  }
  ah_var(c, "body", ah_build("%t", end));
}

#define OTP(M) M(TEXT, channel, DEFAULT("sms"), "How.") M(TEXT, code, OPTIONAL, "What was entered.")
ACRHOST_TYPE(otp, OTP)

ACRHOST_STEP(otp_, otp) {
  ah_sent sent = {0};
  ah_verified verified = {0};
  int32_t status = config->code.at
    ? ah_otp_verify(c, &(ah_channel_code){config->channel, config->code}, &verified)
    : ah_otp_send(c, &(ah_otp){.channel = config->channel, .length = 8, .ttl_seconds = 120, .text = AH("Your code is {code}.")}, &sent);
  if (status == AH_LIMIT_REACHED) {
    ah_outcome(c, AH("wait"));
    ah_var(c, "retry_after", ah_build("%i", sent.retry_after + verified.retry_after));
  } else if (status != AH_OK) {
    ah_failed(c);
  } else if (config->code.at) {
    ah_outcome(c, verified.ok ? AH("ok") : AH("failed"));
  } else {
    ah_outcome(c, AH("ok"));
    ah_var(c, "to", ah_build("%t", sent.to));
  }
}

#define USER(M) M(TEXT, username, REQUIRED, "Who.") M(TEXT, password, REQUIRED, "Their password.")
ACRHOST_TYPE(user, USER)

ACRHOST_STEP(user_, user) {
  ah_identified who;
  ah_verified verified;
  ah_factors factors;
  int32_t status = ah_user_identify(c, &(ah_username){config->username}, &who);
  if (status == AH_NOT_FOUND) { ah_outcome(c, AH("unknown")); return; }
  if (status != AH_OK || ah_password_verify(c, &(ah_password){.password = config->password}, &verified) != AH_OK) { ah_failed(c); return; }
  if (!verified.ok) { ah_outcome(c, AH("failed")); return; }
  if (ah_user_factors(c, &(ah_none){0}, &factors) != AH_OK) { ah_failed(c); return; }
  ah_outcome(c, AH("ok"));
  ah_var(c, "subject", ah_write(ah_subject_of_type, &who.subject));
  ah_var(c, "factors", ah_write(ah_factors_type, &factors));
}

#define FACTOR(M)                                                    \
  M(TEXT, call, REQUIRED, "The capability.") M(TEXT, value, DEFAULT(""), "What is checked.") \
  M(TEXT, channel, DEFAULT("sms"), "How.") M(TEXT, username, OPTIONAL, "Whose password.") \
  M(TEXT, name, OPTIONAL, "Of a new factor.") M(TEXT, user_verification, OPTIONAL, "Of a passkey.")
ACRHOST_TYPE(factor, FACTOR)

// What a capability of the step factor answers with, beside its status.
typedef struct {
  const char *call, *members;
} factor_answer;

static const factor_answer answers[] = {
  {"password_verify", "ok change retry_after"}, {"password_set", "ok reason"}, {"passkey_login", "ok"}, {"passkey_register", "ok"},
  {"totp_verify", "ok retry_after"}, {"totp_confirm", "ok"}, {"recovery_verify", "ok left retry_after"}, {"address_confirm", "ok"}, {"consent_check", "ok"},
};

static int32_t factor_verifies(ah_context *c, const factor *f, ah_verified *v) {
  ah_code code = {f->value, f->name};
  ah_channel_code sent = {f->channel, f->value};
  ah_response response = {f->value, f->name};
  if (ah_same(f->call, AH("password_verify"))) return ah_password_verify(c, &(ah_password){f->username, f->value}, v);
  if (ah_same(f->call, AH("password_set"))) return ah_password_set(c, &(ah_password){.password = f->value}, v);
  if (ah_same(f->call, AH("passkey_login"))) return ah_passkey_login(c, &response, v);
  if (ah_same(f->call, AH("passkey_register"))) return ah_passkey_register(c, &response, v);
  if (ah_same(f->call, AH("totp_verify"))) return ah_totp_verify(c, &code, v);
  if (ah_same(f->call, AH("totp_confirm"))) return ah_totp_confirm(c, &code, v);
  if (ah_same(f->call, AH("recovery_verify"))) return ah_recovery_verify(c, &code, v);
  if (ah_same(f->call, AH("address_confirm"))) return ah_address_confirm(c, &sent, v);
  return ah_consent_check(c, &(ah_none){0}, v);
}

static int32_t factor_begins(ah_context *c, const factor *f) {
  ah_none nothing = {0};
  ah_passkey options = {f->user_verification};
  if (ah_same(f->call, AH("passkey_login_options"))) return ah_passkey_login_options(c, &options, &nothing);
  if (ah_same(f->call, AH("passkey_register_options"))) return ah_passkey_register_options(c, &options, &nothing);
  if (ah_same(f->call, AH("totp_enroll"))) return ah_totp_enroll(c, &nothing, &nothing);
  if (ah_same(f->call, AH("recovery_generate"))) return ah_recovery_generate(c, &nothing, &nothing);
  if (ah_same(f->call, AH("recovery_confirm"))) return ah_recovery_confirm(c, &nothing, &nothing);
  return ah_consent_give(c, &nothing, &nothing);
}

ACRHOST_STEP(factor_, factor) {
  ah_verified verified = {0};
  ah_sent sent = {0};
  const char *members = NULL;
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
    if (ah_same(config->call, ah_str(answers[i].call))) members = answers[i].members;
  bool enrolls = ah_same(config->call, AH("address_enroll"));
  int32_t status = members ? factor_verifies(c, config, &verified)
    : enrolls ? ah_address_enroll(c, &(ah_channel_address){config->channel, config->value}, &sent) : factor_begins(c, config);
  ah_outcome(c, status == AH_OK ? AH("ok") : AH("refused"));
  if (status != AH_OK) { ah_var(c, "status", ah_build("%i", (int64_t)status)); return; }
  if (enrolls) ah_var(c, "to", ah_build("%t", sent.to));
  if (!members) return;
  ah_var(c, "ok", ah_build("%b", verified.ok));
  if (strstr(members, "change")) ah_var(c, "change", ah_build("%b", verified.change));
  if (strstr(members, "reason")) ah_var(c, "reason", ah_build("%t", verified.reason.at ? verified.reason : AH("")));
  if (strstr(members, "left")) ah_var(c, "left", ah_build("%i", verified.left));
  if (strstr(members, "retry_after")) ah_var(c, "retry_after", ah_build("%i", verified.retry_after));
}

#define FAIL(M)                                                      \
  M(TEXT, how, DEFAULT("document"), "document or abort.")            \
  M(TEXT, code, DEFAULT(""), "The code.") M(TEXT, message, DEFAULT(""), "The message.")
ACRHOST_TYPE(fail, FAIL)

ACRHOST_STEP(fail_, fail) {
  if (ah_same(config->how, AH("abort"))) abort();
  ah_fail(c, config->code, config->message);
}

#define LOG(M) M(TEXT, text, REQUIRED, "What to log.")
ACRHOST_TYPE(log_config, LOG)

ACRHOST_STEP(log_, log_config) {
  ah_log(AH_DEBUG, ah_print("debug: %t", config->text));
  ah_log(AH_INFO, ah_print("info: %t", config->text));
  ah_log(AH_WARN, ah_print("warn: %t", config->text));
  ah_log(AH_ERROR, ah_print("error: %t", config->text));
  ah_outcome(c, AH("ok"));
}

#define SIZE(M) M(TEXT, text, DEFAULT(""), "What to count.") M(INT, fill, DEFAULT(0), "How much to write.")
ACRHOST_TYPE(size, SIZE)

ACRHOST_STEP(size_, size) {
  char *fill = memset(ah_alloc((size_t)config->fill), 'x', (size_t)config->fill);
  ah_outcome(c, AH("ok"));
  ah_var(c, "bytes", ah_build("%i", (int64_t)config->text.len));
  ah_var(c, "fill", ah_build("%t", (ah_text){fill, (size_t)config->fill}));
}

#define ANY .writes = {.vars = "*"}

static const ah_step steps[] = {
  {.name = "echo", .outcomes = "ok", .run = echo, .config = ah_none_type, .reads = "subject.claims upstream device vars", ANY},
  {.name = "config", .outcomes = "ok", .run = config_, .config = all_type, ANY},
  {.name = "outcome", .outcomes = "ok other", .run = outcome_, .config = outcome_type,
   .writes = {.vars = "*", .acr = "*", .amr = "face hwk", .claims = "department", .evidence = "face", .subject = true}},
  {.name = "prompt", .outcomes = "ok", .run = prompt, .config = ah_none_type, .writes = {.vars = "form action round note otp"}},
  {.name = "redirect", .outcomes = "ok failed", .run = redirect_, .config = redirect_type, .capabilities = "upstream_begin upstream_finish", ANY},
  {.name = "fetch", .outcomes = "ok refused", .run = fetch_, .config = fetch_type, .capabilities = "http_fetch", .fetches = "* config/url", ANY},
  {.name = "otp", .outcomes = "ok failed wait", .run = otp_, .config = otp_type, .capabilities = "otp_send otp_verify", ANY},
  {.name = "user", .outcomes = "ok failed unknown", .run = user_, .config = user_type, .capabilities = "user_identify password_verify user_factors", ANY},
  {.name = "factor", .outcomes = "ok refused", .run = factor_, .config = factor_type, ANY,
   .capabilities = "password_verify password_set passkey_login_options passkey_login passkey_register_options passkey_register totp_verify totp_enroll "
                   "totp_confirm recovery_verify recovery_generate recovery_confirm address_enroll address_confirm consent_check consent_give"},
  {.name = "fail", .outcomes = "ok", .run = fail_, .config = fail_type},
  {.name = "log", .outcomes = "ok", .run = log_, .config = log_config_type, ANY},
  {.name = "size", .outcomes = "ok", .run = size_, .config = size_type, ANY},
};
ACRHOST_MODULE(steps, .name = "com.example.tck", .version = "1.0.0", .title = "The conformance kit", .snapshot_safe = true)
