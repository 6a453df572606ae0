// Unit tests of acrhost.h: what the kit's vectors don't reach. The host writes valid
// JSON; the reader must not leave the document all the same.
#include "acrhost.h"
#include "acrhost_test.h"

#define INNER(M) M(TEXT, a, REQUIRED, "")
ACRHOST_TYPE(inner, INNER)
#define OUTER(M)                                                                                    \
  M(INT, n, OPTIONAL, "") M(NUMBER, d, OPTIONAL, "") M(BOOL, b, OPTIONAL, "") M(TEXT, t, OPTIONAL, "") \
  M(TEXTS, ts, OPTIONAL, "") M(TABLE, ta, OPTIONAL, "") M(VALUES, v, OPTIONAL, "") M(JSON, j, OPTIONAL, "") \
  M(LIST(inner), l, OPTIONAL, "") M(NAMED(ah_upstream), u, OPTIONAL, "") M(OBJECT(ah_device), o, OPTIONAL, "") M(TIME, at, OPTIONAL, "")
ACRHOST_TYPE(outer, OUTER)

// text copies to memory of its own, so that a sanitizer sees each step past the end.
static ah_text text(const char *s) {
  size_t n = strlen(s);
  char *copy = malloc(n ? n : 1);
  memcpy(copy, s, n);
  return (ah_text){copy, n};
}

static const char *round_trip(const char *json) {
  static char out[4096];
  outer o;
  ah_used = 0;
  ah_text document = text(json);
  if (!ah_parse(document, outer_type, &o)) return free((void *)document.at), "refused";
  ah_json again = ah_write_given(outer_type, &o);
  snprintf(out, sizeof out, "%.*s", (int)again.len, again.at);
  free((void *)document.at);
  return out;
}

static void reads(void) {
  AH_EXPECT(round_trip("{}"), "{\"o\":{}}");
  AH_EXPECT(round_trip(" { \"n\" : -9223372036854775808 , \"later\" : [ { } , \"}\" ] } "), "{\"n\":-9223372036854775808,\"o\":{}}");
  AH_EXPECT(round_trip("{\"n\":9223372036854775807,\"d\":1e300,\"b\":true}"), "{\"n\":9223372036854775807,\"d\":1e+300,\"b\":true,\"o\":{}}");
  AH_EXPECT(round_trip("{\"t\":\"\\u0000\\ud83d\\ude00\\ud800\\uDC00x\\u00e9\"}"), "{\"t\":\"\\u0000\xf0\x9f\x98\x80\xf0\x90\x80\x80x\xc3\xa9\",\"o\":{}}");
  AH_EXPECT(round_trip("{\"t\":\"\\ud800\\u0041\\udc00\"}"), "{\"t\":\"\xef\xbf\xbd" "A\xef\xbf\xbd\",\"o\":{}}");
  AH_EXPECT(round_trip("{\"ts\":[ ],\"ta\":{ },\"v\":{\"a\":[1,{}]},\"j\":null,\"l\":[{\"a\":\"\"}],\"u\":{\"x\":{}}}"),
            "{\"ts\":[],\"ta\":{},\"v\":{\"a\":[1,{}]},\"j\":null,\"l\":[{\"a\":\"\"}],\"u\":{\"x\":{}},\"o\":{}}");
  AH_EXPECT(round_trip("{\"at\":\"1969-12-31T23:59:59.9Z\"}"), "{\"o\":{},\"at\":-100}");
  AH_EXPECT(round_trip("{\"at\":\"2000-02-29T00:00:00Z\"}"), "{\"o\":{},\"at\":951782400000}");
}

static void refuses(void) {
  const char *wrong[] = {"", "null", "[]", "{", "{\"n\"", "{\"n\":", "{\"n\":}", "{\"n\":1.5}", "{\"n\":\"1\"}", "{\"n\":9223372036854775808}", "{\"n\":-}", "{\"d\":x}",
                         "{\"d\":1..2}", "{\"b\":tru", "{\"t\":\"", "{\"t\":\"\\", "{\"t\":\"\\u00", "{\"t\":1}", "{\"ts\":[1]}", "{\"ts\":[\"a\" \"b\"]}", "{\"ta\":{\"a\"}}",
                         "{\"v\":{\"a\":", "{\"j\":", "{\"j\":[[", "{\"l\":[{}]}", "{\"l\":{}}", "{\"u\":[]}", "{\"at\":\"\"}", "{\"at\":\"2000\"}", "{\"n\":1}x", "{\"later\":[\xc3\xa9],\"n\":1}", "{\"j\":{\x01}}", "{\"later\":[\x01]}", "{\"j\":]}", "{\"j\":,}",
                         "{\"t\":\"\\u\"}", "{\"t\":\"\\u00e\"}", "{\"t\":\"\\u+0e9\"}", "{\"t\":\"\\x\"}", "{\"t\":\"\n\"}", "{\"n\":01}", "{\"n\":-01}", "{\"d\":-inf}", "{\"d\":-nan}", "{\"d\":0x1p3}",
                         "{\"d\":1e999}", "{\"d\":-1e999}", "{\"d\":01}", "{\"d\":1.}", "{\"d\":.5}", "{\"d\":1e}", "{\"d\":+1}", "{\"j\":[01]}", "{\"j\":nul}",
                         "{\"n\":1 \"d\":2}",
                         // What is only stepped over is read as strictly.
                         "{\"j\":[1,]}", "{\"j\":[,1]}", "{\"j\":[1,,2]}", "{\"j\":[,]}", "{\"j\":[1 2]}", "{\"j\":[1:2]}", "{\"j\":[}}", "{\"j\":[1}}", "{\"j\":{]}}", "{\"j\":{\"a\":1]}",
                         "{\"j\":{\"a\"}}", "{\"j\":{\"a\",1}}", "{\"j\":{\"a\":}}", "{\"j\":{\"a\":1,}}", "{\"j\":{,\"a\":1}}", "{\"j\":{\"a\":1 \"b\":2}}", "{\"j\":{1:2}}", "{\"j\":{\"a\"::1}}",
                         "{\"later\":[1,,2]}", "{\"later\":{\"a\":1,}}", "{\"v\":{\"a\":[1,]}}", "{\"j\":[[1],]}", "{\"j\":\"a\"\"b\"}", "{\"j\":1 2}"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    if (strcmp(round_trip(wrong[i]), "refused") != 0) fprintf(stderr, "%s is accepted\n", wrong[i]), ah_test.failures++;
  }
}

// What is stepped over may be nested deep, and no deeper.
static void nested(void) {
  enum { most = AH_DEEP };
  static char json[2 * most + 16];
  for (int extra = 0; extra <= 1; extra++) {
    outer o;
    int n = most + extra;
    snprintf(json, sizeof json, "{\"j\":%*s%*s}", n, "", n, "");
    memset(json + 5, '[', (size_t)n), memset(json + 5 + n, ']', (size_t)n);
    ah_used = 0;
    if (ah_parse(ah_str(json), outer_type, &o) != !extra) fprintf(stderr, "%d lists in each other: not as expected\n", n), ah_test.failures++;
  }
}

#define DETAIL(M) M(TEXT, type, REQUIRED, "") M(TEXTS, actions, OPTIONAL, "")
ACRHOST_TYPE(detail, DETAIL)
#define DETAILS(M) M(LIST(detail), all, OPTIONAL, "")
ACRHOST_TYPE(details, DETAILS)

// authorization_details, as the README says to read them.
static void reads_details(void) {
  ah_used = 0;
  ah_input in;
  details d;
  ah_text document = text("{\"request\":{\"authorization_details\":[{\"type\":\"pay\",\"later\":{},\"actions\":[\"a\",\"b\"]},{\"type\":\"see\"}]}}");
  bool read = ah_parse(document, ah_input_type, &in) && ah_parse(ah_raw(ah_build("{\"all\":%j}", in.request.authorization_details)), details_type, &d);
  if (!read || d.all.len != 2 || !ah_same(d.all.at[0].actions.at[1], AH("b")) || !ah_same(d.all.at[1].type, AH("see")))
    fprintf(stderr, "authorization_details are not read\n"), ah_test.failures++;
  if (!ah_parse(AH("{}"), ah_input_type, &in) || in.request.authorization_details.len != 2) fprintf(stderr, "none are not an empty list\n"), ah_test.failures++;
  free((void *)document.at);
}

// Every document that is cut off anywhere is refused, and read no further.
static void cut(void) {
  const char *whole = "{\"n\":1,\"d\":2.5,\"b\":false,\"t\":\"\\u00e9\\n\",\"ts\":[\"a\",\"b\"],\"ta\":{\"a\":\"b\"},\"v\":{\"a\":{}},\"j\":[{\"a\":\"]\"}],\"l\":[{\"a\":\"b\"}],\"o\":{\"ip\":\"x\"}}";
  char part[256];
  for (size_t n = 0; n < strlen(whole); n++) {
    memcpy(part, whole, n);
    part[n] = 0;
    if (strcmp(round_trip(part), "refused") != 0) fprintf(stderr, "%s is accepted\n", part), ah_test.failures++;
  }
}

// seeds are documents that between them take every way through the reader.
static const char *const seeds[] = {
    "{\"n\":-12,\"d\":2.5e-3,\"b\":false,\"t\":\"\\u00e9\\n\\ud83d\\ude00\",\"ts\":[\"a\",\"b\"],\"ta\":{\"a\":\"b\"}}",
    "{\"v\":{\"a\":{\"b\":[1,true,null]}},\"j\":[{\"a\":\"]\"}],\"l\":[{\"a\":\"b\"}],\"u\":{\"x\":{}},\"o\":{\"ip\":\"x\"}}",
    "{\"at\":\"2000-02-29T00:00:00.123Z\",\"later\":[\xc3\xa9,{\"a\":[\"\\u0\"]}],\"n\":1}",
    "{\"t\":\"\\u\"}",
};

// bytes are what a mutation puts in: what JSON is made of, and what it never has.
static const char bytes[] = "\"\\{}[],:u0-+.eE19dDtfn/ Z\0\x01\x09\x1f\x7f\x80\xc3\xe9\xff";

static void read_bytes(const char *from, size_t n) {
  outer o;
  char *copy = malloc(n + 1); // of this size, so that a step past the end is seen
  copy = realloc(copy, n ? n : 1);
  memcpy(copy, from, n);
  ah_used = 0;
  ah_parse((ah_text){copy, n}, outer_type, &o);
  free(copy);
}

// Hostile bytes neither lead the reader out of the document nor keep it for ever: each
// seed is cut at each place, and gets each of bytes at each place. What follows is the same
// in each run: up to four changes of a seed at a time.
static void mutated(void) {
  uint32_t state = 1;
  char text[256];
  for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++) {
    size_t n = strlen(seeds[s]);
    for (size_t at = 0; at < n; at++) {
      read_bytes(seeds[s], at);
      for (size_t b = 0; b < sizeof bytes - 1; b++) {
        memcpy(text, seeds[s], n);
        text[at] = bytes[b];
        read_bytes(text, n);
        read_bytes(text, at + 1);
      }
    }
    for (int round = 0; round < 20000; round++) {
      memcpy(text, seeds[s], n);
      for (int change = 0; change <= round % 4; change++) {
        state = state * 1664525 + 1013904223; // Numerical Recipes' generator
        text[(state >> 8) % n] = bytes[(state >> 20) % (sizeof bytes - 1)];
      }
      size_t off = state >> 28;
      read_bytes(text, off < n ? n - off : 0);
    }
  }
}

static void numbers(void) {
  const double all[] = {0, -1, 0.1, 1e21, 1.5e-7, 0.30000000000000004, 1.7976931348623157e308, 5e-324, 123456.789};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    ah_used = 0;
    ah_json j = ah_build("%n ", all[i]);
    if (strtod(j.at, NULL) != all[i]) fprintf(stderr, "%.17g becomes %.*s\n", all[i], (int)j.len, j.at), ah_test.failures++;
  }
  ah_used = 0;
  char shown[100];
  ah_text all_kinds = ah_print("%j %b %d %i %t %s%%", ah_build("%n", strtod("inf", NULL)), true, -1, INT64_MIN, AH("x"), "y");
  snprintf(shown, sizeof shown, "%.*s", (int)all_kinds.len, all_kinds.at);
  AH_EXPECT(shown, "null true -1 -9223372036854775808 x y%");
}

#define ECHO(M) M(TEXT, text, REQUIRED, "") M(CHOICE("a|bc"), choice, DEFAULT("a"), "") M(LIST(inner), l, OPTIONAL, "")
ACRHOST_TYPE(echo, ECHO)
ACRHOST_STEP(run, echo) {
  if (!config->text.len) return;
  if (ah_same(config->text, AH("fetch"))) {
    ah_fetched got;
    if (ah_http_fetch(c, &(ah_fetch){.url = AH("u")}, &got) != AH_OK) { ah_failed(c); return; }
  }
  ah_outcome(c, AH("ok"));
}
static const ah_step steps[] = {{.name = "echo", .outcomes = "ok", .run = run, .config = echo_type}};
ACRHOST_MODULE(steps, .name = "com.example.unit", .version = "1")

#define CALL(config) "{\"call\":{\"type\":\"echo\"},\"config\":" config "}"

static void calls(void) {
  AH_EXPECT(ah_test_run(CALL("{\"text\":\"t\",\"choice\":\"bc\"}")), "{\"outcome\":\"ok\"}");
  AH_EXPECT(ah_test_run(CALL("{\"text\":\"t\",\"choice\":\"b\"}")), "{\"error\":{\"code\":\"config\",\"message\":\"config.choice: it is none of the choices\"}}");
  AH_EXPECT(ah_test_run(CALL("{\"text\":\"t\",\"l\":[{}]}")), "{\"error\":{\"code\":\"config\",\"message\":\"config.l.a: it is required\"}}");
  AH_EXPECT(ah_test_run(CALL("{\"text\":null}")), "{\"error\":{\"code\":\"config\",\"message\":\"config.text: it is required\"}}");
  AH_EXPECT(ah_test_run(CALL("{\"txet\":\"t\"}")), "{\"error\":{\"code\":\"config\",\"message\":\"config.txet: there is no such member\"}}");
  AH_EXPECT(ah_test_run(CALL("{\"text\":\"\"}")), "the step gave no outcome, prompt, redirect or error\n");
  AH_EXPECT(ah_test_run("{\"call\":{\"type\":\"other\"}}"), "the module has no step type other\n");
  AH_EXPECT(ah_test_run("[]"), "the input is no input document\n");
  AH_EXPECT(ah_test_run(CALL("{\"text\":\"fetch\"}")), "{\"error\":{\"code\":\"denied\",\"message\":\"http_fetch: denied\"}}");
  ah_test_expect(AH_OK, "no JSON");
  AH_EXPECT(ah_test_run(CALL("{\"text\":\"fetch\"}")), "{\"error\":{\"code\":\"upstream_fault\",\"message\":\"http_fetch: upstream fault\"}}");
}

int main(void) {
  reads(), refuses(), nested(), reads_details(), cut(), mutated(), numbers(), calls();
  return AH_TEST_END;
}
