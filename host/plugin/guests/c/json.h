// A cursor over a JSON document that finds members and reads strings, and nothing
// more. The host wrote the document, so it is valid; the cursor only makes sure that
// it never reads past the end and that a document cut short is noticed.
#pragma once
#include <stdbool.h>
#include <string.h>

typedef struct {
  const char *at, *end;
  bool broken; // the document isn't what it should be
} cursor;

static bool fail(cursor *c) {
  c->broken = true;
  c->at = c->end;
  return false;
}

// next is the next character that isn't white space; 0 at the end.
static char next(cursor *c) {
  while (c->at < c->end && (unsigned char)*c->at <= ' ') c->at++;
  return c->at < c->end ? *c->at : 0;
}

// take steps over a character, if it is the next one.
static bool take(cursor *c, char want) {
  if (next(c) != want) return false;
  c->at++;
  return true;
}

static int hex(char digit) {
  return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

// escape decodes what follows a backslash. Anything but ASCII is a '?': no word that
// the guests look for has one.
static char escape(cursor *c) {
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  char e = *c->at++;
  if (e == 'u' && c->end - c->at >= 4) {
    int code = 0;
    for (int i = 0; i < 4; i++) code = code << 4 | hex(*c->at++);
    return code > 0 && code < 0x80 ? (char)code : '?';
  }
  const char *special = memchr(from, e, sizeof from - 1);
  return special ? to[special - from] : e;
}

// string reads a string into out, ended by a 0 and cut to fit.
static bool string(cursor *c, char *out, size_t size) {
  if (!take(c, '"')) return fail(c);
  for (size_t n = 0; c->at < c->end; n++) {
    char ch = *c->at++;
    if (ch == '"') {
      if (size > 0) out[n < size ? n : size - 1] = 0;
      return true;
    }
    if (ch == '\\' && c->at < c->end) ch = escape(c);
    if (n < size) out[n] = ch;
  }
  return fail(c);
}

static bool scalar(cursor *c) {
  const char *from = c->at;
  while (c->at < c->end && *c->at > ' ' && *c->at != ',' && *c->at != ']' && *c->at != '}') c->at++;
  return c->at > from || fail(c);
}

// skip steps over one value, whatever is in it.
static bool skip(cursor *c) {
  int depth = 0;
  do {
    char kind = next(c);
    if (kind == '{' || kind == '[') depth++, c->at++;
    else if (kind == '}' || kind == ']') depth--, c->at++;
    else if (kind == ',' || kind == ':') c->at++;
    else if (kind == '"' ? !string(c, 0, 0) : !scalar(c)) return false;
  } while (depth > 0);
  return true;
}

// member goes to the value of a member of the object at the cursor. Names of 15
// bytes or less can be found.
static bool member(cursor *c, const char *name) {
  char key[16];
  if (!take(c, '{')) return fail(c);
  if (take(c, '}')) return false;
  do {
    if (!string(c, key, sizeof key)) return false;
    if (!take(c, ':')) return fail(c);
    if (strcmp(key, name) == 0) return true;
    if (!skip(c)) return false;
  } while (take(c, ','));
  return take(c, '}') ? false : fail(c);
}
