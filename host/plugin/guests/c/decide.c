// The small job of the benchmark: an acr by rule from the amr of the input document.
#include <stdlib.h>

#include "acrhost.h"
#include "json.h"

#define OK(acr) "{\"outcome\":\"ok\",\"acr\":\"" acr "\"}"

static const char *rule(bool hwk, bool pwd, bool otp) {
  if (hwk) return OK("2.5");
  if (pwd && otp) return OK("2.0");
  if (pwd) return OK("1.5");
  return OK("0");
}

// decide gives the output document, or NULL when the input is none.
static const char *decide(cursor c) {
  bool hwk = false, pwd = false, otp = false;
  if (member(&c, "amr") && take(&c, '[') && next(&c) != ']') {
    do {
      char word[8];
      if (!string(&c, word, sizeof word)) return NULL;
      hwk |= strcmp(word, "hwk") == 0;
      pwd |= strcmp(word, "pwd") == 0;
      otp |= strcmp(word, "otp") == 0;
    } while (take(&c, ','));
    if (!take(&c, ']')) fail(&c);
  }
  return c.broken ? NULL : rule(hwk, pwd, otp);
}

STEP {
  size_t len = input_len();
  char *input = malloc(len);
  if (input == NULL) return 1;
  len = input_read(input, len, 0);
  const char *output = decide((cursor){input, input + len, false});
  free(input);
  if (output == NULL) return 1;
  output_write(output, strlen(output));
  return 0;
}
