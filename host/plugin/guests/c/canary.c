// A canary of the isolation between two calls: package guests says what it does.
#include <stdio.h>
#include <stdlib.h>
#include <wasi/api.h>

#include "acrhost.h"
#include "json.h"

enum { SIZE = 16, MASK = 0x5a, PAGE = 1 << 16 };

char in_static[SIZE]; // not static: the compiler can not know that nobody reads it
char *in_heap;

// on_stack leaves the secret where later frames are unlikely to reach.
__attribute__((noinline)) static void on_stack(const char *secret) {
  volatile char deep[4096];
  for (int i = 0; i < SIZE; i++) deep[i] = secret[i];
}

static void write_secret(const char *secret) {
  memcpy(in_static, secret, SIZE);
  in_heap = malloc(SIZE);
  memcpy(in_heap, secret, SIZE);
  size_t pages = __builtin_wasm_memory_grow(0, 1);
  if (pages != (size_t)-1) memcpy((char *)(pages * PAGE + PAGE - SIZE), secret, SIZE);
  on_stack(secret);
  (void)__wasi_fd_renumber(1, 2);
  (void)__wasi_fd_close(1);
  (void)__wasi_fd_close(2);
}

// count says how often the memory holds the secret whose masked bytes the needle is.
static int count(const unsigned char *needle) {
  size_t size = __builtin_wasm_memory_size(0) * PAGE;
  int found = 0;
  for (size_t at = 0; at + SIZE <= size; at++) {
    int n = 0;
    while (n < SIZE && (*(volatile unsigned char *)(at + n) ^ MASK) == needle[n]) n++;
    found += n == SIZE;
  }
  return found;
}

static int closed(__wasi_fd_t fd) {
  __wasi_fdstat_t stat;
  return __wasi_fd_fdstat_get(fd, &stat) != 0;
}

static void report(const unsigned char *needle) {
  unsigned char random[SIZE] = {0};
  char random_hex[2 * SIZE + 1], output[256];
  __wasi_timestamp_t now = 0;
  (void)__wasi_random_get(random, SIZE);
  (void)__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1, &now);
  for (int i = 0; i < SIZE; i++) snprintf(random_hex + 2 * i, 3, "%02x", random[i]);
  int len = snprintf(output, sizeof output,
                     "{\"outcome\":\"ok\",\"vars\":{\"found\":%d,\"random\":\"%s\",\"clock\":%llu,\"closed\":%d}}",
                     count(needle), random_hex, now / 1000000, closed(1) + closed(2));
  output_write(output, len);
}

static bool text(cursor config, const char *name, char *out, size_t size) {
  return member(&config, name) && string(&config, out, size);
}

static int run(cursor c) {
  char what[8], argument[64];
  unsigned char needle[SIZE];
  if (!member(&c, "config") || !text(c, "do", what, sizeof what)) return 1;
  if (strcmp(what, "write") == 0 && text(c, "secret", argument, sizeof argument) && strlen(argument) >= SIZE) {
    write_secret(argument);
    for (int i = 0; i < SIZE; i++) needle[i] = argument[i] ^ MASK;
  } else if (strcmp(what, "look") == 0 && text(c, "needle", argument, sizeof argument) && strlen(argument) == 2 * SIZE) {
    for (int i = 0; i < SIZE; i++) needle[i] = hex(argument[2 * i]) << 4 | hex(argument[2 * i + 1]);
  } else {
    return 1;
  }
  report(needle);
  return 0;
}

STEP {
  size_t len = input_len();
  char *input = malloc(len);
  if (input == NULL) return 1;
  len = input_read(input, len, 0);
  int failed = run((cursor){input, input + len, false});
  free(input);
  return failed;
}
