// acrhost_test.h: run a step natively, with a double in the host's place. A test is a
// program: it includes the step's file, then this one, and is built by any C compiler.
// README.md shows one.
#pragma once
#include "acrhost.h"

// What the double answers the next capability calls, in this order; then all are denied.
typedef struct { int32_t status; const char *answer; } ah_test_answer;

static struct {
  const char *input;
  char output[256 << 10], log[16 << 10], asked[64 << 10]; // asked: a line for each call, "name request"
  size_t written;
  ah_test_answer answers[32];
  int expected, calls, failures;
  const char *result;
} ah_test;

size_t acrhost_input_len(void) { return strlen(ah_test.input); }

static inline size_t ah_test_copy(const char *from, char *to, size_t cap, size_t off) {
  size_t n = strlen(from) - off;
  memcpy(to, from + off, n < cap ? n : cap);
  return n < cap ? n : cap;
}
size_t acrhost_input_read(char *to, size_t cap, size_t off) { return ah_test_copy(ah_test.input, to, cap, off); }
size_t acrhost_result_len(void) { return strlen(ah_test.result); }
size_t acrhost_result_read(char *to, size_t cap, size_t off) { return ah_test_copy(ah_test.result, to, cap, off); }

void acrhost_output_write(const char *from, size_t len) {
  if (len >= sizeof ah_test.output - ah_test.written) abort();
  memcpy(ah_test.output + ah_test.written, from, len);
  ah_test.written += len;
}

static inline void ah_test_append(char *to, size_t cap, const char *prefix, const char *from, size_t len) {
  size_t n = strlen(to);
  snprintf(to + n, cap - n, "%s%.*s\n", prefix, (int)len, from);
}
void acrhost_log(int32_t level, const char *from, size_t len) {
  (void)level;
  ah_test_append(ah_test.log, sizeof ah_test.log, "", from, len);
}

static inline int32_t ah_test_asked(const char *name, const char *request, size_t len) {
  ah_test_answer next = ah_test.calls < ah_test.expected ? ah_test.answers[ah_test.calls] : (ah_test_answer){AH_DENIED, NULL};
  ah_test.calls++;
  ah_test_append(ah_test.asked, sizeof ah_test.asked, name, request, len);
  ah_test.result = next.answer ? next.answer : "";
  return next.status;
}
#define AH_TEST_CAPABILITY(name) \
  int32_t acrhost_cap_##name(const char *request, size_t len) { return ah_test_asked(#name " ", request, len); }
AH_CAPABILITY_NAMES(AH_TEST_CAPABILITY)

// ah_test_expect has the double answer one call more of the next ah_test_run.
static inline void ah_test_expect(int32_t status, const char *answer) {
  if (ah_test.expected < 32) ah_test.answers[ah_test.expected++] = (ah_test_answer){status, answer};
}

// ah_test_run runs a step on an input document, or with NULL asks for the manifest. It
// gives what was written; NULL: the step failed, and said why in ah_test.log.
static inline const char *ah_test_run(const char *input) {
  int32_t acrhost_step_v1(void), acrhost_describe_v1(void);
  ah_test.input = input ? input : "";
  ah_test.log[0] = ah_test.asked[0] = 0;
  ah_test.written = 0;
  ah_test.calls = 0;
  ah_test.result = "";
  int32_t status = input ? acrhost_step_v1() : acrhost_describe_v1();
  ah_test.output[ah_test.written] = 0;
  ah_test.expected = 0;
  return status == 0 ? ah_test.output : NULL;
}

// AH_EXPECT compares two texts; the program's end, AH_TEST_END, says whether all agreed.
#define AH_EXPECT(got_, want_)                                                                     \
  do {                                                                                             \
    const char *got = (got_), *want = (want_);                                                     \
    if (!got) got = ah_test.log;                                                                   \
    if (strcmp(got, want) != 0) {                                                                  \
      fprintf(stderr, "%s:%d:\n  got  %s\n  want %s\n", __FILE__, __LINE__, got, want);            \
      ah_test.failures++;                                                                          \
    }                                                                                              \
  } while (0)
#define AH_TEST_END (ah_test.failures ? (fprintf(stderr, "%d failed\n", ah_test.failures), 1) : 0)
