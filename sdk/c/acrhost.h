// acrhost.h: write a step plugin for acrhost in C. One header, to be included by one
// file. README.md shows a whole step; sdk/ABI.md is the contract behind it.
//
// Types are lists of members, from which come the struct, its reader and writer, and the
// JSON Schema in the manifest. Everything lives in one arena until the call is over: there
// is nothing to free. A native build (cc) leaves the imports to acrhost_test.h.
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ACRHOST_ARENA
#define ACRHOST_ARENA (2 << 20) // bytes for one call: its documents, and what is made of them
#endif

// With ACRHOST_DOUBLE, as in a native build, what the host offers are functions of the
// program itself, for tests.
#if defined(__wasm__) && !defined(ACRHOST_DOUBLE)
#define AH_IMPORT(module, name) __attribute__((import_module(module), import_name(#name)))
#else
#define AH_IMPORT(module, name)
#endif
#ifdef __wasm__
#define AH_EXPORT(name) __attribute__((export_name(name)))
#else
#define AH_EXPORT(name)
#endif

AH_IMPORT("acrhost_v1", input_len) size_t acrhost_input_len(void);
AH_IMPORT("acrhost_v1", input_read) size_t acrhost_input_read(char *to, size_t cap, size_t off);
AH_IMPORT("acrhost_v1", output_write) void acrhost_output_write(const char *from, size_t len);
AH_IMPORT("acrhost_v1", result_len) size_t acrhost_result_len(void);
AH_IMPORT("acrhost_v1", result_read) size_t acrhost_result_read(char *to, size_t cap, size_t off);
AH_IMPORT("acrhost_v1", log) void acrhost_log(int32_t level, const char *from, size_t len);

// ---- texts, JSON and memory

// ah_text is UTF-8 with a length, not ended by a 0. at is NULL: null, or absent.
typedef struct { const char *at; size_t len; } ah_text;
// ah_json is a value as it is written. len is 0: absent.
typedef struct { const char *at; size_t len; } ah_json;
typedef struct { const ah_text *at; size_t len; } ah_texts;
typedef struct { ah_text name, value; } ah_pair;
typedef struct { const ah_pair *at; size_t len; } ah_table; // at is NULL: null
typedef struct { ah_text name; ah_json value; } ah_any;
typedef struct { const ah_any *at; size_t len; } ah_values; // an object of any JSON
typedef struct { bool is; int64_t value; } ah_maybe;        // an integer, or none

#define AH(literal) ((ah_text){"" literal, sizeof(literal) - 1})
#define AH_TEXTS(...) ((ah_texts){(ah_text[]){__VA_ARGS__}, sizeof((ah_text[]){__VA_ARGS__}) / sizeof(ah_text)})

static _Alignas(16) char ah_arena[ACRHOST_ARENA];
static size_t ah_used;

static inline ah_text ah_str(const char *s) { return (ah_text){s, s ? strlen(s) : 0}; }
static inline bool ah_same(ah_text a, ah_text b) { return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0); }

// ah_alloc gives zeroed memory, for this call. When there is none left the step traps.
static inline void *ah_alloc(size_t n) {
  ah_used = (ah_used + 7) & ~(size_t)7;
  if (ah_used > ACRHOST_ARENA || n > ACRHOST_ARENA - ah_used) abort();
  void *p = ah_arena + ah_used;
  ah_used += n;
  return memset(p, 0, n);
}

// ---- types as lists of members

typedef enum { AH_TEXT, AH_INT, AH_MAYBE, AH_NUMBER, AH_BOOL, AH_TIME, AH_JSON, AH_TEXTS_, AH_TABLE, AH_VALUES, AH_LIST, AH_NAMED, AH_OBJECT, AH_POINTER, AH_KEY, AH_CSTR, AH_WORDS, AH_PARTS } ah_kind;

typedef struct ah_member {
  const char *name;
  size_t offset;
  ah_kind kind;
  const struct ah_type *(*of)(void); // of lists and objects
  const char *choices;               // of a text, with | between
  bool required;
  const char *fallback; // JSON
  const char *doc;
} ah_member;

typedef struct ah_type { const ah_member *members; size_t count, size; } ah_type;

// What a list of members says for each: M(KIND, name, RULE, "description"). A choice is one
// of texts, CHOICE("low|high"); time is in milliseconds since 1970.
#define AH_C_TEXT ah_text
#define AH_C_CHOICE(choices) ah_text
#define AH_C_INT int64_t
#define AH_C_MAYBE ah_maybe
#define AH_C_NUMBER double
#define AH_C_BOOL bool
#define AH_C_TIME int64_t
#define AH_C_JSON ah_json
#define AH_C_TEXTS ah_texts
#define AH_C_TABLE ah_table
#define AH_C_VALUES ah_values
#define AH_C_LIST(T) struct { T *at; size_t len; }
#define AH_C_NAMED(T) struct { T *at; size_t len; } // an object of objects; T begins with a KEY
#define AH_C_OBJECT(T) T
#define AH_C_POINTER(T) T * // NULL: null
#define AH_C_KEY ah_text
// Of the manifest only: C strings, one by itself, and lists with spaces, or |, between.
#define AH_C_CSTR const char *
#define AH_C_WORDS const char *
#define AH_C_PARTS const char *
#define AH_K_TEXT AH_TEXT, NULL, NULL
#define AH_K_CHOICE(choices) AH_TEXT, NULL, choices
#define AH_K_INT AH_INT, NULL, NULL
#define AH_K_MAYBE AH_MAYBE, NULL, NULL
#define AH_K_NUMBER AH_NUMBER, NULL, NULL
#define AH_K_BOOL AH_BOOL, NULL, NULL
#define AH_K_TIME AH_TIME, NULL, NULL
#define AH_K_JSON AH_JSON, NULL, NULL
#define AH_K_TEXTS AH_TEXTS_, NULL, NULL
#define AH_K_TABLE AH_TABLE, NULL, NULL
#define AH_K_VALUES AH_VALUES, NULL, NULL
#define AH_K_LIST(T) AH_LIST, T##_type, NULL
#define AH_K_NAMED(T) AH_NAMED, T##_type, NULL
#define AH_K_OBJECT(T) AH_OBJECT, T##_type, NULL
#define AH_K_POINTER(T) AH_POINTER, T##_type, NULL
#define AH_K_KEY AH_KEY, NULL, NULL
#define AH_K_CSTR AH_CSTR, NULL, NULL
#define AH_K_WORDS AH_WORDS, NULL, NULL
#define AH_K_PARTS AH_PARTS, NULL, NULL
#define AH_R_REQUIRED true, NULL
#define AH_R_OPTIONAL false, NULL
#define AH_R_DEFAULT(value) false, #value
#define AH_FIELD(kind, name, rule, doc) AH_C_##kind name;
#define AH_ROW(kind, name, rule, doc) {#name, offsetof(ah_self, name), AH_K_##kind, AH_R_##rule, doc},

// ACRHOST_TYPE makes the struct T, and T_type, of a list of members.
#define ACRHOST_TYPE(T, MEMBERS) typedef struct T { MEMBERS(AH_FIELD) } T; AH_TYPE_OF(T, MEMBERS)

// AH_TYPE_OF makes T_type of a struct that has these members, and maybe others.
#define AH_TYPE_OF(T, MEMBERS)                                                                      \
  static inline const ah_type *T##_type(void) {                                                     \
    typedef T ah_self;                                                                              \
    static const ah_member members[] = {MEMBERS(AH_ROW)};                                           \
    _Static_assert(sizeof members / sizeof *members <= 64, "a type has at most 64 members: put some into a type of their own, an OBJECT"); \
    static const ah_type type = {members, sizeof members / sizeof *members, sizeof(T)};             \
    return &type;                                                                                   \
  }

// ah_none is a configuration without members.
typedef struct ah_none { char unused; } ah_none;
static inline const ah_type *ah_none_type(void) {
  static const ah_type type = {NULL, 0, sizeof(ah_none)};
  return &type;
}

// ---- writing JSON

// What follows writes at the end of the arena. Nothing is allocated meanwhile.
static inline void ah_put(const char *from, size_t n) {
  if (n > ACRHOST_ARENA - ah_used) abort();
  if (n > 0) memcpy(ah_arena + ah_used, from, n);
  ah_used += n;
}
static inline void ah_puts(const char *s) { ah_put(s, strlen(s)); }

static inline void ah_put_quoted(ah_text t) {
  static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
  char escape[8];
  ah_puts("\"");
  for (size_t i = 0, start = 0; i <= t.len; i++) {
    unsigned char c = i < t.len ? (unsigned char)t.at[i] : 0;
    if (i < t.len && c >= 0x20 && c != '"' && c != '\\') continue;
    ah_put(t.at + start, i - start);
    start = i + 1;
    if (i == t.len) break;
    const char *special = c ? strchr(from, c) : NULL;
    if (special) snprintf(escape, sizeof escape, "\\%c", to[special - from]);
    else snprintf(escape, sizeof escape, "\\u%04x", c);
    ah_puts(escape);
  }
  ah_puts("\"");
}

// ah_put_number writes the shortest spelling that gives the same double.
static inline void ah_put_number(double d) {
  char s[32] = "null"; // JSON has neither infinity nor NaN
  for (int digits = 15; d - d == 0 && digits <= 17; digits++) {
    snprintf(s, sizeof s, "%.*g", digits, d);
    if (strtod(s, NULL) == d) break;
  }
  ah_puts(s);
}

static inline void ah_put_int(int64_t n) {
  char s[24];
  snprintf(s, sizeof s, "%lld", (long long)n);
  ah_puts(s);
}

static inline void ah_vput(const char *format, va_list list, bool json) {
  for (; *format; format++) {
    if (*format != '%') { ah_put(format, 1); continue; }
    switch (*++format) {
    case 't': case 's': {
      ah_text t = *format == 't' ? va_arg(list, ah_text) : ah_str(va_arg(list, const char *));
      if (!json) ah_put(t.at, t.len);
      else if (t.at) ah_put_quoted(t);
      else ah_puts("null");
      break;
    }
    case 'i': ah_put_int(va_arg(list, int64_t)); break;
    case 'd': ah_put_int(va_arg(list, int)); break;
    case 'n': ah_put_number(va_arg(list, double)); break;
    case 'b': ah_puts(va_arg(list, int) ? "true" : "false"); break;
    case 'j': {
      ah_json j = va_arg(list, ah_json);
      if (j.len) ah_put(j.at, j.len);
      else ah_puts("null");
      break;
    }
    case '%': ah_puts("%"); break;
    default: abort(); // a mistake in the format
    }
  }
}

// ah_build makes JSON: %t ah_text and %s a C string, quoted, or null; %i int64_t, %d int,
// %n double, %b bool, %j ah_json, or null; %% a percent sign.
static inline ah_json ah_build(const char *format, ...) {
  va_list list;
  size_t from = ah_used;
  va_start(list, format);
  ah_vput(format, list, true);
  va_end(list);
  return (ah_json){ah_arena + from, ah_used - from};
}

// ah_print makes a text, with the same letters; nothing is quoted.
static inline ah_text ah_print(const char *format, ...) {
  va_list list;
  size_t from = ah_used;
  va_start(list, format);
  ah_vput(format, list, false);
  va_end(list);
  return (ah_text){ah_arena + from, ah_used - from};
}

// ---- reading JSON into types

typedef struct {
  const char *at, *end;
  const char *fault; // what is wrong; NULL: nothing
  ah_text trail[8];  // where: the members down to the fault
  int depth;
  bool strict; // unknown members are faults
} ah_reader;

static inline bool ah_wrong(ah_reader *r, const char *what) {
  if (!r->fault) r->fault = what;
  r->at = r->end;
  return false;
}

// ah_next is the next character that is no white space; 0 at the end.
static inline char ah_next(ah_reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')) r->at++;
  return r->at < r->end ? *r->at : 0;
}
static inline bool ah_take(ah_reader *r, char c) { return ah_next(r) == c && c != 0 ? (r->at++, true) : false; }
static inline bool ah_take_word(ah_reader *r, const char *word) {
  size_t n = strlen(word);
  if (ah_next(r) != *word || (size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) return false;
  r->at += n;
  return true;
}

static inline bool ah_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool ah_hex(char c) { return ah_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
static inline unsigned ah_hex4(const char *s) {
  unsigned n = 0;
  for (int i = 0; i < 4; i++) n = n << 4 | (unsigned)(ah_digit(s[i]) ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10);
  return n;
}

static inline char *ah_utf8(char *to, unsigned c) {
  if (c < 0x80) return *to++ = (char)c, to;
  if (c >= 0x10000) *to++ = (char)(0xf0 | c >> 18), *to++ = (char)(0x80 | (c >> 12 & 0x3f));
  else if (c >= 0x800) *to++ = (char)(0xe0 | c >> 12);
  if (c >= 0x800) *to++ = (char)(0x80 | (c >> 6 & 0x3f));
  else *to++ = (char)(0xc0 | c >> 6);
  return *to++ = (char)(0x80 | (c & 0x3f)), to;
}

// ah_escape steps over one escape (RFC 8259, section 7).
static inline bool ah_escape(ah_reader *r) {
  r->at++;
  if (r->at >= r->end) return ah_wrong(r, "the text has no end");
  if (*r->at == 'u') {
    if (r->end - r->at < 5) return ah_wrong(r, "\\u wants four hexadecimal digits");
    for (int i = 1; i <= 4; i++)
      if (!ah_hex(r->at[i])) return ah_wrong(r, "\\u wants four hexadecimal digits");
    r->at += 4;
  } else if (*r->at == 0 || !strchr("\"\\/bfnrt", *r->at)) return ah_wrong(r, "the text has an escape that JSON has not");
  return true;
}

// ah_unescape decodes the inside of a string, whose escapes ah_escape has seen: each is
// longer than what it stands for. Half a surrogate pair becomes U+FFFD.
static inline ah_text ah_unescape(const char *s, const char *end) {
  char *start = ah_alloc((size_t)(end - s)), *to = start;
  static const char from[] = "bfnrt", special[] = "\b\f\n\r\t";
  while (s < end) {
    if (*s != '\\') { *to++ = *s++; continue; }
    char e = s[1];
    s += 2;
    const char *known = strchr(from, e);
    if (e != 'u') { *to++ = e && known ? special[known - from] : e; continue; }
    unsigned c = ah_hex4(s);
    s += 4;
    if (c >= 0xd800 && c < 0xdc00 && end - s >= 6 && s[0] == '\\' && s[1] == 'u') {
      unsigned low = ah_hex4(s + 2);
      if (low >= 0xdc00 && low < 0xe000) c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00), s += 6;
    }
    to = ah_utf8(to, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
  }
  return (ah_text){start, (size_t)(to - start)};
}

// ah_string reads a string; with keep it is decoded, else only stepped over.
static inline ah_text ah_string(ah_reader *r, bool keep) {
  ah_text none = {"", 0};
  if (!ah_take(r, '"')) return ah_wrong(r, "a text is expected"), none;
  const char *from = r->at;
  bool escaped = false;
  for (; r->at < r->end && *r->at != '"'; r->at++) {
    if ((unsigned char)*r->at < ' ') return ah_wrong(r, "the text has a control character"), none;
    if (*r->at != '\\') continue;
    escaped = true;
    if (!ah_escape(r)) return none;
  }
  if (r->at >= r->end) return ah_wrong(r, "the text has no end"), none;
  const char *end = r->at++;
  if (!keep) return none;
  return escaped ? ah_unescape(from, end) : (ah_text){from, (size_t)(end - from)};
}

// ah_span is the number that begins here, as RFC 8259, section 6, has it; without length
// where there is none.
static inline ah_json ah_span(ah_reader *r) {
  const char *from = r->at, *at = from, *end = r->end, *digits;
  if (at < end && *at == '-') at++;
  if (at < end && *at == '0') at++; // nothing but a point or an exponent follows it
  else {
    for (digits = at; at < end && ah_digit(*at);) at++;
    if (at == digits) return (ah_json){from, 0};
  }
  if (at < end && *at == '.') {
    for (digits = ++at; at < end && ah_digit(*at);) at++;
    if (at == digits) return (ah_json){from, 0};
  }
  if (at < end && (*at | 0x20) == 'e') {
    if (++at < end && (*at == '-' || *at == '+')) at++;
    for (digits = at; at < end && ah_digit(*at);) at++;
    if (at == digits) return (ah_json){from, 0};
  }
  return (ah_json){from, (size_t)(at - from)};
}

// ah_scalar steps over a number or a word. What begins none is a fault: a reader that
// stood still there would never end.
static inline bool ah_scalar(ah_reader *r) {
  if (ah_take_word(r, "true") || ah_take_word(r, "false") || ah_take_word(r, "null")) return true;
  ah_json span = ah_span(r);
  r->at += span.len;
  bool ends = r->at >= r->end || strchr(" \n\r\t,:]}", *r->at);
  return (span.len > 0 && ends) || ah_wrong(r, "a value is expected");
}

// ah_open steps into an object or a list, up to its first value; false: it is empty, and
// stepped over.
static inline bool ah_open(ah_reader *r, bool object) {
  r->at++;
  if (ah_take(r, object ? '}' : ']')) return false;
  if (object) ah_string(r, false), ah_take(r, ':') || ah_wrong(r, "a colon is expected");
  return true;
}

// ah_close steps over what follows a value in an object or a list; true: it was the last.
static inline bool ah_close(ah_reader *r, bool object) {
  if (ah_take(r, object ? '}' : ']')) return true;
  if (!ah_take(r, ',')) return ah_wrong(r, "a comma is expected");
  if (object) ah_string(r, false), ah_take(r, ':') || ah_wrong(r, "a colon is expected");
  return false;
}

// AH_DEEP is how deep the values that are only stepped over may be nested.
#define AH_DEEP 1024

// ah_skip steps over one value and gives it as it is written.
static inline ah_json ah_skip(ah_reader *r) {
  ah_next(r);
  const char *from = r->at;
  uint8_t objects[AH_DEEP]; // by depth, whether it is an object
  size_t depth = 0;
  do {
    char c = ah_next(r);
    if (c == '{' || c == '[') {
      if (depth == AH_DEEP) ah_wrong(r, "the value is nested too deep");
      else if (ah_open(r, c == '{')) { objects[depth++] = c == '{'; continue; }
    } else if (c == '"') ah_string(r, false);
    else ah_scalar(r);
    while (depth > 0 && !r->fault && ah_close(r, objects[depth - 1])) depth--;
  } while (depth > 0 && !r->fault);
  return r->fault ? (ah_json){NULL, 0} : (ah_json){from, (size_t)(r->at - from)};
}

static inline bool ah_int(ah_reader *r, int64_t *to) {
  bool minus = ah_next(r) == '-';
  uint64_t n = 0, most = minus ? (uint64_t)1 << 63 : ((uint64_t)1 << 63) - 1;
  const char *from = r->at += minus;
  if (r->end - from > 1 && *from == '0' && ah_digit(from[1])) return ah_wrong(r, "an integer is expected");
  for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
    unsigned digit = (unsigned)(*r->at - '0');
    if (n > (most - digit) / 10) return ah_wrong(r, "the integer is too large");
    n = n * 10 + digit;
  }
  if (r->at == from || (r->at < r->end && strchr(".eE", *r->at))) return ah_wrong(r, "an integer is expected");
  *to = minus ? (int64_t)(0 - n) : (int64_t)n;
  return true;
}

static inline bool ah_number(ah_reader *r, double *to) {
  char s[400]; // no double needs more digits
  ah_next(r);
  ah_json span = ah_span(r);
  if (span.len == 0) return ah_wrong(r, "a number is expected");
  if (span.len >= sizeof s) return ah_wrong(r, "the number is too long");
  memcpy(s, span.at, span.len);
  s[span.len] = 0;
  r->at += span.len;
  *to = strtod(s, NULL);
  return *to - *to == 0 || ah_wrong(r, "the number is too large");
}

// ah_time reads an RFC 3339 time in UTC.
static inline bool ah_time(ah_reader *r, int64_t *to) {
  ah_text t = ah_string(r, true);
  int64_t n[6] = {0}, ms = 0, unit = 100;
  size_t i = 0;
  for (int part = 0; part < 6; part++, i++)
    for (size_t from = i; i < t.len && i - from < (part ? 2u : 4u); i++) n[part] = n[part] * 10 + (t.at[i] - '0');
  if (t.len < 20 || t.at[t.len - 1] != 'Z') return ah_wrong(r, "a time in UTC is expected");
  for (; i < t.len && t.at[i] >= '0' && t.at[i] <= '9'; i++, unit /= 10) ms += (t.at[i] - '0') * unit;
  int64_t y = n[1] > 2 ? n[0] : n[0] - 1, m = (n[1] + 9) % 12; // years begin in March
  int64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + n[2] - 1 - 719468;
  *to = (((days * 24 + n[3]) * 60 + n[4]) * 60 + n[5]) * 1000 + ms;
  return true;
}

static inline bool ah_read_object(ah_reader *r, const ah_type *t, void *to);

// ah_elements counts those of the list, or the members of the object, that begins here.
static inline size_t ah_elements(ah_reader probe, char close) {
  size_t n = 0;
  probe.at++;
  if (ah_next(&probe) == close) return 0;
  do {
    n++;
    ah_skip(&probe);
    if (close == '}') ah_take(&probe, ':'), ah_skip(&probe);
  } while (ah_take(&probe, ','));
  return n;
}

static inline bool ah_choice(const char *choices, ah_text t) {
  while (choices) {
    const char *bar = strchr(choices, '|');
    if (ah_same(t, (ah_text){choices, bar ? (size_t)(bar - choices) : strlen(choices)})) return true;
    choices = bar ? bar + 1 : NULL;
  }
  return false;
}

// ah_read_many reads a list, or an object whose names are the elements' first member.
static inline bool ah_read_many(ah_reader *r, const ah_member *m, void *to) {
  bool named = m->kind == AH_NAMED || m->kind == AH_TABLE || m->kind == AH_VALUES;
  char open = named ? '{' : '[', close = named ? '}' : ']';
  if (ah_next(r) != open) return ah_wrong(r, named ? "an object is expected" : "a list is expected");
  size_t n = ah_elements(*r, close), size = m->of ? m->of()->size : named ? sizeof(ah_pair) : sizeof(ah_text);
  char *all = ah_alloc(n * size + 1);
  r->at++;
  for (size_t i = 0; i < n && !r->fault; i++) {
    char *one = all + i * size;
    if (i > 0 && !ah_take(r, ',')) return ah_wrong(r, "a comma is expected");
    ah_text key = named ? ah_string(r, true) : (ah_text){NULL, 0};
    if (named && !ah_take(r, ':')) return ah_wrong(r, "a colon is expected");
    if (m->kind == AH_VALUES) *(ah_json *)(one + offsetof(ah_any, value)) = ah_skip(r);
    else if (!m->of) *(ah_text *)(one + (named ? offsetof(ah_pair, value) : 0)) = ah_string(r, true);
    else ah_read_object(r, m->of(), one);
    if (named) *(ah_text *)one = key;
  }
  if (!r->fault && !ah_take(r, close)) ah_wrong(r, "the list has no end");
  *(ah_texts *)to = (ah_texts){(const ah_text *)all, n}; // all the lists are made alike
  return !r->fault;
}

static inline bool ah_read_value(ah_reader *r, const ah_member *m, void *to) {
  switch (m->kind) {
  case AH_TEXT:
    *(ah_text *)to = ah_string(r, true);
    return !r->fault && (!m->choices || ah_choice(m->choices, *(ah_text *)to) || ah_wrong(r, "it is none of the choices"));
  case AH_INT: return ah_int(r, to);
  case AH_MAYBE: return ((ah_maybe *)to)->is = ah_int(r, &((ah_maybe *)to)->value);
  case AH_NUMBER: return ah_number(r, to);
  case AH_BOOL:
    *(bool *)to = ah_take_word(r, "true");
    return *(bool *)to || ah_take_word(r, "false") || ah_wrong(r, "true or false is expected");
  case AH_TIME: return ah_time(r, to);
  case AH_JSON: return *(ah_json *)to = ah_skip(r), !r->fault;
  case AH_OBJECT: return ah_read_object(r, m->of(), to);
  case AH_POINTER: return ah_read_object(r, m->of(), *(void **)to = ah_alloc(m->of()->size));
  case AH_KEY: return ah_skip(r), !r->fault;
  default: return ah_read_many(r, m, to);
  }
}

static inline void ah_defaults(const ah_type *t, void *to) {
  for (size_t i = 0; i < t->count; i++) {
    const ah_member *m = t->members + i;
    if (m->kind == AH_OBJECT) ah_defaults(m->of(), (char *)to + m->offset);
    if (!m->fallback) continue;
    ah_reader r = {.at = m->fallback, .end = m->fallback + strlen(m->fallback)};
    ah_read_value(&r, m, (char *)to + m->offset);
  }
}

static inline const ah_member *ah_find(const ah_type *t, ah_text name) {
  for (size_t i = 0; i < t->count; i++)
    if (ah_same(name, ah_str(t->members[i].name))) return t->members + i;
  return NULL;
}

// ah_read_object reads an object over its type's defaults. Null says nothing.
static inline bool ah_read_object(ah_reader *r, const ah_type *t, void *to) {
  uint64_t seen = 0;
  ah_defaults(t, to);
  if (!ah_take(r, '{')) return ah_wrong(r, "an object is expected");
  for (bool first = true; !r->fault && !ah_take(r, '}'); first = false) {
    if (!first && !ah_take(r, ',')) return ah_wrong(r, "a comma is expected");
    ah_text name = ah_string(r, true);
    if (!ah_take(r, ':')) return ah_wrong(r, "a colon is expected");
    if (r->depth < 8) r->trail[r->depth] = name;
    r->depth++;
    const ah_member *m = ah_find(t, name);
    if (!m && r->strict) return ah_wrong(r, "there is no such member");
    if (!m) ah_skip(r);
    else if (m->kind == AH_JSON || !ah_take_word(r, "null")) seen |= (uint64_t)1 << (m - t->members), ah_read_value(r, m, (char *)to + m->offset);
    if (r->fault) return false;
    r->depth--;
  }
  for (size_t i = 0; i < t->count && !r->fault; i++) {
    if (!t->members[i].required || seen >> i & 1) continue;
    if (r->depth < 8) r->trail[r->depth] = ah_str(t->members[i].name);
    r->depth++;
    return ah_wrong(r, "it is required");
  }
  return !r->fault;
}

// ah_parse reads a JSON object into a type, as in ah_parse(body, score_type, &score).
// Unknown members are ignored. False: it does not fit.
static inline bool ah_parse(ah_text json, const ah_type *(*type)(void), void *to) {
  ah_reader r = {.at = json.at, .end = json.at + json.len};
  memset(to, 0, type()->size);
  return json.at && ah_read_object(&r, type(), to) && ah_next(&r) == 0;
}
static inline ah_text ah_raw(ah_json j) { return (ah_text){j.at, j.len}; }

// ---- writing types as JSON

static inline void ah_put_object(const ah_type *t, const void *from, bool nulls);

static inline void ah_put_many(const ah_member *m, const void *from, bool nulls) {
  bool named = m->kind == AH_NAMED || m->kind == AH_TABLE || m->kind == AH_VALUES;
  ah_texts all = *(const ah_texts *)from;
  size_t size = m->of ? m->of()->size : named ? sizeof(ah_pair) : sizeof(ah_text);
  ah_puts(named ? "{" : "[");
  for (size_t i = 0; i < all.len; i++) {
    const char *one = (const char *)all.at + i * size;
    if (i > 0) ah_puts(",");
    if (named) ah_put_quoted(*(const ah_text *)one), ah_puts(":");
    if (m->of) ah_put_object(m->of(), one, nulls);
    else if (m->kind == AH_VALUES) ah_put(((const ah_any *)one)->value.at, ((const ah_any *)one)->value.len);
    else ah_put_quoted(*(const ah_text *)(one + (named ? offsetof(ah_pair, value) : 0)));
  }
  ah_puts(named ? "}" : "]");
}

// ah_put_words writes the list that a C string is, with by between its elements.
static inline void ah_put_words(const char *words, const char *by) {
  ah_puts("[");
  for (const char *between = ""; words && *words; between = ",") {
    size_t n = strcspn(words, by);
    ah_puts(between), ah_put_quoted((ah_text){words, n});
    words += n + (words[n] == *by);
  }
  ah_puts("]");
}

// ah_zero says whether a member holds nothing.
static inline bool ah_zero(const ah_member *m, const void *at) {
  switch (m->kind) {
  case AH_INT: case AH_TIME: return *(const int64_t *)at == 0;
  case AH_MAYBE: return !((const ah_maybe *)at)->is;
  case AH_NUMBER: return *(const double *)at == 0;
  case AH_BOOL: return !*(const bool *)at;
  case AH_JSON: return ((const ah_json *)at)->len == 0;
  case AH_OBJECT: return false;
  default: return *(void *const *)at == NULL;
  }
}

static inline void ah_put_value(const ah_member *m, const void *at, bool nulls) {
  switch (m->kind) {
  case AH_INT: case AH_TIME: ah_put_int(*(const int64_t *)at); return;
  case AH_NUMBER: ah_put_number(*(const double *)at); return;
  case AH_BOOL: ah_puts(*(const bool *)at ? "true" : "false"); return;
  case AH_OBJECT: ah_put_object(m->of(), at, nulls); return;
  case AH_TEXTS_: case AH_TABLE: case AH_VALUES: case AH_LIST: case AH_NAMED: ah_put_many(m, at, nulls); return;
  case AH_WORDS: case AH_PARTS: ah_put_words(*(const char *const *)at, m->kind == AH_WORDS ? " " : "|"); return;
  default: break;
  }
  if (ah_zero(m, at)) ah_puts("null");
  else if (m->kind == AH_TEXT) ah_put_quoted(*(const ah_text *)at);
  else if (m->kind == AH_CSTR) ah_put_quoted(ah_str(*(const char *const *)at));
  else if (m->kind == AH_MAYBE) ah_put_int(((const ah_maybe *)at)->value);
  else if (m->kind == AH_JSON) ah_put(((const ah_json *)at)->at, ((const ah_json *)at)->len);
  else ah_put_object(m->of(), *(void *const *)at, nulls);
}

static inline void ah_put_object(const ah_type *t, const void *from, bool nulls) {
  const char *between = "{";
  for (size_t i = 0; i < t->count; i++) {
    const ah_member *m = t->members + i;
    const char *at = (const char *)from + m->offset;
    if (m->kind == AH_KEY || (!nulls && !m->required && ah_zero(m, at))) continue;
    ah_puts(between), ah_put_quoted(ah_str(m->name)), ah_puts(":"), ah_put_value(m, at, nulls);
    between = ",";
  }
  ah_puts(*between == '{' ? "{}" : "}");
}

// ah_write makes JSON of a value of a type, with every member; ah_write_given leaves out
// what is optional and empty.
static inline ah_json ah_write(const ah_type *(*type)(void), const void *from) {
  size_t start = ah_used;
  ah_put_object(type(), from, true);
  return (ah_json){ah_arena + start, ah_used - start};
}
static inline ah_json ah_write_given(const ah_type *(*type)(void), const void *from) {
  size_t start = ah_used;
  ah_put_object(type(), from, false);
  return (ah_json){ah_arena + start, ah_used - start};
}

static inline ah_json ah_texts_json(ah_texts t) {
  size_t start = ah_used;
  ah_put_many(&(ah_member){.kind = AH_TEXTS_}, &t, false);
  return (ah_json){ah_arena + start, ah_used - start};
}
static inline ah_json ah_table_json(ah_table t) {
  size_t start = ah_used;
  ah_put_many(&(ah_member){.kind = AH_TABLE}, &t, false);
  return (ah_json){ah_arena + start, ah_used - start};
}

// ---- what the documents and the capabilities are

typedef struct ah_context ah_context;
static inline int32_t ah_invoke(ah_context *c, const char *name, int32_t (*import)(const char *, size_t), ah_json request,
                                const ah_type *(*type)(void), void *answer);

// AH_CAPABILITY declares a capability: status = ah_NAME(c, &request, &answer). A module
// imports, and so asks for, those that it calls.
#define AH_CAPABILITY(name, request_type, answer_type)                                              \
  AH_IMPORT("acrhost_cap_v1", name) int32_t acrhost_cap_##name(const char *request, size_t len);    \
  static inline int32_t ah_##name(ah_context *c, const request_type *request, answer_type *answer) {\
    return ah_invoke(c, #name, acrhost_cap_##name, ah_write_given(request_type##_type, request), answer_type##_type, answer); \
  }

// ---- generated by sdk/schema/bindings from the schemas: do not edit up to the next such line

// Says which call this is.
#define AH_M_CALL(M) \
  M(TEXT, id, OPTIONAL, "") \
  M(TEXT, type, OPTIONAL, "") /* The step type of the module. */ \
  M(TEXT, step, OPTIONAL, "") /* The step's name in the journey. */ \
  M(INT, attempt, OPTIONAL, "") /* Visits of this step in this run, from 1. */ \
  M(TIME, now, OPTIONAL, "") /* UTC. */ \
  M(BOOL, interactive, OPTIONAL, "") /* False: prompt=none, no prompt may be shown. */
ACRHOST_TYPE(ah_call, AH_M_CALL)

// Says where in which journey the run is.
#define AH_M_JOURNEY(M) \
  M(TEXT, name, OPTIONAL, "") \
  M(TEXT, run, OPTIONAL, "") \
  M(TIME, started_at, OPTIONAL, "") \
  M(TEXTS, path, OPTIONAL, "") /* Names of the steps entered so far, this visit not included. */
ACRHOST_TYPE(ah_journey, AH_M_JOURNEY)

// What the client asked for.
#define AH_M_REQUEST(M) \
  M(TEXT, client_id, OPTIONAL, "") \
  M(TEXTS, acr_values, OPTIONAL, "") /* In the order of preference. */ \
  M(BOOL, acr_essential, OPTIONAL, "") \
  M(TEXTS, scope, OPTIONAL, "") \
  M(TEXTS, prompt, OPTIONAL, "") \
  M(MAYBE, max_age, OPTIONAL, "") /* In seconds. */ \
  M(TEXT, login_hint, OPTIONAL, "") \
  M(TEXTS, ui_locales, OPTIONAL, "") \
  M(JSON, authorization_details, DEFAULT([]), "") /* What the client asks for beside the scope (RFC 9396, section 2), each an object with a type; absent without any. */ \
  M(TEXTS, claims, OPTIONAL, "") /* Claims of the user that the client asks for by name (OpenID Connect Core 5.5) and that no requested scope covers; absent without any. */
ACRHOST_TYPE(ah_request, AH_M_REQUEST)

// The acr as it stands.
#define AH_M_ACR_STATE(M) \
  M(TEXT, current, OPTIONAL, "") /* As asked for until a step sets it, then as set last; absent when neither. */ \
  M(BOOL, set, OPTIONAL, "") /* Whether a step set it. */
ACRHOST_TYPE(ah_acr_state, AH_M_ACR_STATE)

// One thing that the host verified about the user.
#define AH_M_EVIDENCE_OF(M) \
  M(TEXT, method, OPTIONAL, "") /* Such as pwd, sms, email, totp, passkey or upstream. */ \
  M(TEXTS, amr, OPTIONAL, "") /* RFC 8176 values. */ \
  M(TIME, at, OPTIONAL, "") \
  M(TEXT, step, OPTIONAL, "") \
  M(BOOL, fresh, OPTIONAL, "") /* False: from an earlier login in this session. */
ACRHOST_TYPE(ah_evidence_of, AH_M_EVIDENCE_OF)

// The person that the run is about. Being known is not being authenticated: only evidence says
// that.
#define AH_M_SUBJECT_OF(M) \
  M(TEXT, id, OPTIONAL, "") \
  M(TEXT, username, OPTIONAL, "") \
  M(JSON, claims, OPTIONAL, "")
ACRHOST_TYPE(ah_subject_of, AH_M_SUBJECT_OF)

// What another identity provider said of the subject.
#define AH_M_UPSTREAM(M) \
  M(KEY, provider, OPTIONAL, "") \
  M(JSON, claims, OPTIONAL, "") /* Those of the ID token and of userinfo, as they came. */ \
  M(TEXT, acr, OPTIONAL, "") /* What a login there is worth by the operator's word: of what the provider said only what the operator lets count, else the provider's static value. */ \
  M(TEXTS, amr, OPTIONAL, "") /* As acr. */
ACRHOST_TYPE(ah_upstream, AH_M_UPSTREAM)

// What is known of the browser: claims of the network and the browser, never proof.
#define AH_M_DEVICE(M) \
  M(TEXT, ip, OPTIONAL, "") \
  M(TEXT, user_agent, OPTIONAL, "")
ACRHOST_TYPE(ah_device, AH_M_DEVICE)

// What the host tells a step: all that the journey knows and that the operator lets this step see.
// A guest ignores members that it does not know.
#define AH_M_INPUT(M) \
  M(TEXT, abi, OPTIONAL, "") /* The host's version of the ABI, such as 1.0. */ \
  M(OBJECT(ah_call), call, OPTIONAL, "") \
  M(OBJECT(ah_journey), journey, OPTIONAL, "") \
  M(JSON, config, OPTIONAL, "") /* The step's configuration; its expressions are evaluated already. */ \
  M(OBJECT(ah_request), request, OPTIONAL, "") \
  M(OBJECT(ah_acr_state), acr, OPTIONAL, "") \
  M(TEXTS, amr, OPTIONAL, "") /* Computed by the host from the evidence (RFC 8176 values). */ \
  M(LIST(ah_evidence_of), evidence, OPTIONAL, "") \
  M(POINTER(ah_subject_of), subject, OPTIONAL, "") /* Absent until somebody is identified. */ \
  M(NAMED(ah_upstream), upstream, OPTIONAL, "") /* By provider, while its login counts. */ \
  M(OBJECT(ah_device), device, OPTIONAL, "") \
  M(JSON, vars, OPTIONAL, "") /* The journey's variables. */ \
  M(TABLE, form, OPTIONAL, "") /* The answers to this step's last prompt; absent on first entry. */ \
  M(TEXT, action, OPTIONAL, "") /* The button that was used; absent on first entry. */ \
  M(JSON, state, OPTIONAL, "") /* What this step kept when it prompted, or null. */
ACRHOST_TYPE(ah_input, AH_M_INPUT)

// One choice of a select or radio field.
#define AH_M_OPTION(M) \
  M(TEXT, value, REQUIRED, "") \
  M(TEXT, label, OPTIONAL, "")
ACRHOST_TYPE(ah_option, AH_M_OPTION)

// One input of a prompt.
#define AH_M_FIELD(M) \
  M(TEXT, name, REQUIRED, "") \
  M(TEXT, type, REQUIRED, "") \
  M(TEXT, label, OPTIONAL, "") \
  M(TEXT, hint, OPTIONAL, "") \
  M(TEXT, error, OPTIONAL, "") /* What was wrong with the last answer. */ \
  M(TEXT, value, OPTIONAL, "") \
  M(BOOL, required, OPTIONAL, "") /* The first action demands an answer. */ \
  M(BOOL, read_only, OPTIONAL, "") /* Of text, username, email and tel: shown, and stays. */ \
  M(LIST(ah_option), options, OPTIONAL, "") /* Of select and radio. */
ACRHOST_TYPE(ah_field, AH_M_FIELD)

// A button. The name of the one that was used comes back as the input's action.
#define AH_M_ACTION(M) \
  M(TEXT, name, REQUIRED, "") \
  M(TEXT, label, OPTIONAL, "")
ACRHOST_TYPE(ah_action, AH_M_ACTION)

// A page as data. The host renders it, and escapes every text.
#define AH_M_PROMPT(M) \
  M(TEXT, title, OPTIONAL, "") \
  M(TEXT, text, OPTIONAL, "") \
  M(TEXT, error, OPTIONAL, "") /* What was wrong with the last answer. */ \
  M(LIST(ah_field), fields, OPTIONAL, "") \
  M(LIST(ah_action), actions, OPTIONAL, "") /* None: one button, named submit. */
ACRHOST_TYPE(ah_prompt, AH_M_PROMPT)

// The request of user_identify.
#define AH_M_USERNAME(M) \
  M(TEXT, username, REQUIRED, "")
ACRHOST_TYPE(ah_username, AH_M_USERNAME)

// The answer of user_identify.
#define AH_M_IDENTIFIED(M) \
  M(OBJECT(ah_subject_of), subject, REQUIRED, "")
ACRHOST_TYPE(ah_identified, AH_M_IDENTIFIED)

// The request of password_verify. The request of password_set.
#define AH_M_PASSWORD(M) \
  M(TEXT, username, OPTIONAL, "") /* Absent: the subject's. */ \
  M(TEXT, password, REQUIRED, "")
ACRHOST_TYPE(ah_password, AH_M_PASSWORD)

// The answer of a capability that verifies something. The answer of password_set. The answer of
// recovery_verify.
#define AH_M_VERIFIED(M) \
  M(BOOL, ok, OPTIONAL, "") \
  M(BOOL, change, OPTIONAL, "") /* Of a right password: it has to be changed first, by password_set, and gives no evidence before. */ \
  M(INT, retry_after, OPTIONAL, "") /* For how many seconds no further try is accepted. */ \
  M(TEXT, reason, OPTIONAL, "") /* Why not. */ \
  M(INT, left, OPTIONAL, "") /* Codes that were not used yet. */
ACRHOST_TYPE(ah_verified, AH_M_VERIFIED)

// The request of otp_send.
#define AH_M_OTP(M) \
  M(TEXT, channel, REQUIRED, "") /* sms or email. */ \
  M(INT, length, OPTIONAL, "") /* Digits; else 6. */ \
  M(INT, ttl_seconds, OPTIONAL, "") /* How long the code is good; else 300. */ \
  M(TEXT, text, OPTIONAL, "") /* The message; {code} stands for the code. */
ACRHOST_TYPE(ah_otp, AH_M_OTP)

// Where a code was sent.
#define AH_M_SENT(M) \
  M(TEXT, to, REQUIRED, "") /* Masked: enough to recognise, not enough to learn. */ \
  M(INT, retry_after, OPTIONAL, "") /* In how many seconds another can be sent, where the host says so. */
ACRHOST_TYPE(ah_sent, AH_M_SENT)

// The request of otp_verify and address_confirm.
#define AH_M_CHANNEL_CODE(M) \
  M(TEXT, channel, REQUIRED, "") /* sms or email. */ \
  M(TEXT, code, REQUIRED, "")
ACRHOST_TYPE(ah_channel_code, AH_M_CHANNEL_CODE)

// What the subject can be verified by. It says nothing that would identify a factor. What a host
// does not know of, it leaves out.
#define AH_M_FACTORS(M) \
  M(BOOL, password, OPTIONAL, "") \
  M(INT, passkeys, OPTIONAL, "") \
  M(INT, totp, OPTIONAL, "") /* Authenticator apps. */ \
  M(INT, recovery_codes, OPTIONAL, "") /* Those that are left. */ \
  M(BOOL, phone, OPTIONAL, "") /* Codes by SMS reach the subject. */ \
  M(BOOL, email, OPTIONAL, "") /* Codes by e-mail do. */
ACRHOST_TYPE(ah_factors, AH_M_FACTORS)

// The request of passkey_login_options and passkey_register_options.
#define AH_M_PASSKEY(M) \
  M(TEXT, user_verification, OPTIONAL, "") /* required (the default), preferred or discouraged (WebAuthn, section 5.8.6). */
ACRHOST_TYPE(ah_passkey, AH_M_PASSKEY)

// The request of passkey_login. The request of passkey_register.
#define AH_M_RESPONSE(M) \
  M(TEXT, response, REQUIRED, "") /* What the page's field came back with. */ \
  M(TEXT, name, OPTIONAL, "") /* Of the new passkey, for its owner to know it by. */
ACRHOST_TYPE(ah_response, AH_M_RESPONSE)

// The request of totp_verify and recovery_verify. The request of totp_confirm.
#define AH_M_CODE(M) \
  M(TEXT, code, REQUIRED, "") /* As the user typed it. */ \
  M(TEXT, name, OPTIONAL, "") /* Of the new app, for its owner to know it by. */
ACRHOST_TYPE(ah_code, AH_M_CODE)

// The request of address_enroll.
#define AH_M_CHANNEL_ADDRESS(M) \
  M(TEXT, channel, REQUIRED, "") /* sms or email. */ \
  M(TEXT, address, REQUIRED, "")
ACRHOST_TYPE(ah_channel_address, AH_M_CHANNEL_ADDRESS)

// The request of upstream_begin.
#define AH_M_BEGIN(M) \
  M(TEXT, provider, REQUIRED, "") \
  M(TEXTS, acr_values, OPTIONAL, "") /* Passed on only where the provider's configuration says so. */ \
  M(TEXT, prompt, OPTIONAL, "") /* none, or some of login, consent and select_account; where no page may be shown the host asks for none, whatever is said here. */ \
  M(MAYBE, max_age, OPTIONAL, "") /* How old the login there may be, in seconds. The host holds the answer to it. */ \
  M(TEXT, login_hint, OPTIONAL, "") /* Passed on only where the provider's configuration says so. */
ACRHOST_TYPE(ah_begin, AH_M_BEGIN)

// The answer of upstream_begin.
#define AH_M_BEGUN(M) \
  M(TEXT, url, REQUIRED, "") /* To which the step may redirect. */
ACRHOST_TYPE(ah_begun, AH_M_BEGUN)

// The answer of upstream_finish.
#define AH_M_FINISHED(M) \
  M(BOOL, ok, OPTIONAL, "") \
  M(TEXT, error, OPTIONAL, "") /* Why not: the provider's OAuth code, or invalid_answer, too_old or unlinked. */ \
  M(JSON, claims, OPTIONAL, "") /* As they are in the input of later calls. */ \
  M(TEXT, acr, OPTIONAL, "") \
  M(TEXTS, amr, OPTIONAL, "")
ACRHOST_TYPE(ah_finished, AH_M_FINISHED)

// The request of http_fetch.
#define AH_M_FETCH(M) \
  M(TEXT, method, OPTIONAL, "") /* Absent: GET. */ \
  M(TEXT, url, REQUIRED, "") \
  M(TABLE, headers, OPTIONAL, "") \
  M(TEXT, body, OPTIONAL, "")
ACRHOST_TYPE(ah_fetch, AH_M_FETCH)

// The answer of http_fetch.
#define AH_M_FETCHED(M) \
  M(INT, status, REQUIRED, "") \
  M(TABLE, headers, REQUIRED, "") /* Names in lower case; without set-cookie. */ \
  M(TEXT, body, REQUIRED, "")
ACRHOST_TYPE(ah_fetched, AH_M_FETCHED)

// What a step type may put into its output.
#define AH_M_WRITES(M) \
  M(WORDS, vars, OPTIONAL, "") \
  M(WORDS, vars_from, OPTIONAL, "") /* Paths into the configuration, as in outcomes_from, that name variables: the keys where the path ends in an object, the text where it ends in one. */ \
  M(WORDS, acr, OPTIONAL, "") /* Values, or patterns with *. */ \
  M(WORDS, acr_from, OPTIONAL, "") /* Paths into the configuration whose literal texts are acr values that the step can set. */ \
  M(WORDS, amr, OPTIONAL, "") \
  M(WORDS, claims, OPTIONAL, "") \
  M(WORDS, evidence, OPTIONAL, "") \
  M(BOOL, subject, OPTIONAL, "")
ACRHOST_TYPE(ah_writes, AH_M_WRITES)

// Describes one step type of a module.
#define AH_M_STEP(M) \
  M(CSTR, title, OPTIONAL, "") \
  M(WORDS, outcomes, REQUIRED, "") \
  M(WORDS, outcomes_from, OPTIONAL, "") /* Paths into the step's configuration whose texts are outcomes too. A path is a JSON Pointer in which * stands for every element, as /options/ * /value. */ \
  M(WORDS, reads, OPTIONAL, "") /* Which of subject.claims, upstream, device and vars the step looks at. */ \
  M(OBJECT(ah_writes), writes, OPTIONAL, "") \
  M(WORDS, capabilities, OPTIONAL, "") /* As imported; the host refuses a module that imports one it does not state. */ \
  M(PARTS, fetches, OPTIONAL, "") /* Where http_fetch goes: a method, or *, a space and an address, whose path may end in / * or ?*, or where the configuration has it, as in POST https://risk.example.com/v1/score and GET config/url. Nothing else is fetched; none: wherever the operator allows. */

// What a module says of itself: what it is, which step types it offers, and what they ask for. It
// requests; the operator's grant decides.
#define AH_M_MODULE(M) \
  M(CSTR, name, REQUIRED, "") /* Reverse domain, as com.example.risk. */ \
  M(CSTR, version, REQUIRED, "") \
  M(CSTR, abi_min, OPTIONAL, "") /* The least ABI that it needs, as 1.0. */ \
  M(CSTR, title, OPTIONAL, "") \
  M(CSTR, vendor, OPTIONAL, "") \
  M(CSTR, license, OPTIONAL, "") \
  M(BOOL, snapshot_safe, OPTIONAL, "") /* The promise that nothing drawn when the module starts decides anything in a call, so that one started instance may serve many calls, each from the same snapshot. */

// Makes the user with this name the subject, which is no evidence. Not found: there is no such
// user, and the subject is as before.
AH_CAPABILITY(user_identify, ah_username, ah_identified)
// Verifies a password: of the user with this name, or, without one, of the subject. A right one
// makes the user the subject and records pwd, unless it has to be changed first. An unknown user
// and a wrong password get the same answer after the same work.
AH_CAPABILITY(password_verify, ah_password, ah_verified)
// Gives the subject the password that they chose, and records pwd. Denied: the one before was not
// verified in this very run, or was changed since.
AH_CAPABILITY(password_set, ah_password, ah_verified)
// Sends the subject a one-time code, which replaces the one before. Denied: no page may be shown,
// so nobody could enter it. Not found: the subject has no such address. Limit reached: too soon,
// and the code before is still good, or too often.
AH_CAPABILITY(otp_send, ah_otp, ah_sent)
// Verifies the code that this run sent last by a channel. A right one records sms or email, and
// counts once.
AH_CAPABILITY(otp_verify, ah_channel_code, ah_verified)
// Says what the subject can be verified by.
AH_CAPABILITY(user_factors, ah_none, ah_factors)
// Begins a WebAuthn authentication: a field of the type passkey_get on the page that follows gets
// its options from the host. Not found: the subject has no passkey, or the host can use none.
AH_CAPABILITY(passkey_login_options, ah_passkey, ah_none)
// Verifies what the field came back with; records passkey. Without a subject the passkey's owner
// becomes it.
AH_CAPABILITY(passkey_login, ah_response, ah_verified)
// Begins to add a passkey: a field of the type passkey_create gets its options from the host.
// Denied: what was verified in this login is too weak, or too old, to add a factor.
AH_CAPABILITY(passkey_register_options, ah_passkey, ah_none)
// Adds the passkey that the field came back with; records passkey.
AH_CAPABILITY(passkey_register, ah_response, ah_verified)
// Verifies a code of the subject's authenticator app; records totp, and each code counts once. Not
// found: the subject has no app.
AH_CAPABILITY(totp_verify, ah_code, ah_verified)
// Makes a secret for a new app: a field of the type totp_create shows it. It counts once a code of
// it was confirmed.
AH_CAPABILITY(totp_enroll, ah_none, ah_none)
// Adds the new app, once a code of it is right; records totp.
AH_CAPABILITY(totp_confirm, ah_code, ah_verified)
// Spends one of the subject's recovery codes; records recovery.
AH_CAPABILITY(recovery_verify, ah_code, ah_verified)
// Makes ten new recovery codes: a field of the type recovery_codes shows them. They replace those
// before once confirmed.
AH_CAPABILITY(recovery_generate, ah_none, ah_none)
// Lets the new codes replace those before: the user says that they are kept.
AH_CAPABILITY(recovery_confirm, ah_none, ah_none)
// Sends a code to a phone number or an e-mail address that the subject wants to add. Bad request:
// that is no such address.
AH_CAPABILITY(address_enroll, ah_channel_address, ah_sent)
// Adds the address, once the code is right; records sms or email.
AH_CAPABILITY(address_confirm, ah_channel_code, ah_verified)
// Says whether the user need not be asked: they allowed the client all that it asks for before, or
// the client is the operator's own. Nobody allows authorization details for good: with them it is
// so for the operator's own clients alone.
AH_CAPABILITY(consent_check, ah_none, ah_verified)
// Says that the user allowed the client what it asks for: the scope, the claims and the
// authorization details of the request, all of which the step has shown; prompt=consent is met by
// nothing else. Denied: no page may be shown, so nobody was asked.
AH_CAPABILITY(consent_give, ah_none, ah_none)
// Begins a login at another OpenID Provider, which the operator named; the step then redirects to
// the URL. Not found: there is no such provider.
AH_CAPABILITY(upstream_begin, ah_begin, ah_begun)
// Checks, once, what the browser brought back from there. A login that holds records
// upstream:PROVIDER and makes the local user the subject; why one does not is in the answer. Not
// found: nothing came back for this run.
AH_CAPABILITY(upstream_finish, ah_none, ah_finished)
// Makes one HTTP request to an origin, and by a method, that the operator's grant names. Whatever
// status the server answers with is an answer; redirects are not followed. Limit reached: a body
// over 256 KiB.
AH_CAPABILITY(http_fetch, ah_fetch, ah_fetched)

// What a capability returns.
enum {
  AH_OK = 0, // It is done, and answered.
  AH_DENIED = 1, // Not granted, not declared for the step type, or not now.
  AH_BAD_REQUEST = 2, // The request is not what the capability takes.
  AH_NOT_FOUND = 3, // What was asked for is not there.
  AH_UPSTREAM_FAULT = 4, // Who should have answered did not, or not in a way that can be read.
  AH_LIMIT_REACHED = 5, // Too often, too many, too large.
};
static const char *const ah_status_names[] = {
  "ok",
  "denied",
  "bad_request",
  "not_found",
  "upstream_fault",
  "limit_reached",
};

// All capabilities, for doubles.
#define AH_CAPABILITY_NAMES(X) \
  X(user_identify) \
  X(password_verify) \
  X(password_set) \
  X(otp_send) \
  X(otp_verify) \
  X(user_factors) \
  X(passkey_login_options) \
  X(passkey_login) \
  X(passkey_register_options) \
  X(passkey_register) \
  X(totp_verify) \
  X(totp_enroll) \
  X(totp_confirm) \
  X(recovery_verify) \
  X(recovery_generate) \
  X(recovery_confirm) \
  X(address_enroll) \
  X(address_confirm) \
  X(consent_check) \
  X(consent_give) \
  X(upstream_begin) \
  X(upstream_finish) \
  X(http_fetch)
// ---- end of what is generated

// ah_has_state says whether this step gave a state when it asked.
static inline bool ah_has_state(const ah_input *in) { return in->state.len > 0 && in->state.at[0] != 'n'; }

// ah_answered is the answer to a field of this step's prompt; empty where there is none.
static inline ah_text ah_answered(const ah_input *in, const char *field) {
  for (size_t i = 0; i < in->form.len; i++)
    if (ah_same(in->form.at[i].name, ah_str(field))) return in->form.at[i].value;
  return AH("");
}

// The lists of a prompt, as in .fields = AH_LIST_OF(ah_field, {.name = AH("pin"), …}).
#define AH_LIST_OF(T, ...) {(T[]){__VA_ARGS__}, sizeof((T[]){__VA_ARGS__}) / sizeof(T)}

typedef struct ah_value { ah_text name; ah_json value; struct ah_value *next; } ah_value;

// ah_context is one call: what the host says, and what the step answers.
struct ah_context {
  ah_input in;
  ah_json outcome, prompt, redirect, error, acr, amr, subject, state;
  ah_value *vars, *claims, *evidence;
  const char *capability; // the last one that was asked, and how it answered
  int32_t status;
};

// ah_add puts a value at the end of a list.
static inline void ah_add(ah_value **list, ah_text name, ah_json value) {
  while (*list) list = &(*list)->next;
  *list = ah_alloc(sizeof **list);
  **list = (ah_value){name, value, NULL};
}

// ah_outcome ends the step with one of its outcomes. The functions below add to that.
static inline void ah_outcome(ah_context *c, ah_text name) { c->outcome = ah_build("%t", name); }
static inline void ah_set_acr(ah_context *c, ah_text value) { c->acr = ah_build("%t", value); }
static inline void ah_set_acr_json(ah_context *c, ah_json value) { c->acr = value; } // a text or an object
static inline void ah_var_named(ah_context *c, ah_text name, ah_json value) { ah_add(&c->vars, name, value); }
static inline void ah_var(ah_context *c, const char *name, ah_json value) { ah_var_named(c, ah_str(name), value); }
// What only a granted plugin may say.
static inline void ah_claim(ah_context *c, ah_text name, ah_json value) { ah_add(&c->claims, name, value); }
static inline void ah_set_subject(ah_context *c, ah_text id) { c->subject = ah_build("{\"id\":%t}", id); }
static inline void ah_set_amr(ah_context *c, ah_texts values) { c->amr = ah_texts_json(values); }
static inline void ah_assert_evidence(ah_context *c, ah_text method, ah_texts amr) {
  ah_json values = ah_texts_json(amr);
  ah_add(&c->evidence, AH(""), amr.at ? ah_build("{\"method\":%t,\"amr\":%j}", method, values) : ah_build("{\"method\":%t}", method));
}

// ah_ask shows a page; the step runs again with the answers in in.form. ah_redirect sends
// the browser to a URL that a capability of this call gave. ah_state is kept for both.
static inline void ah_ask(ah_context *c, const ah_prompt *page) { c->prompt = ah_write_given(ah_prompt_type, page); }
static inline void ah_redirect(ah_context *c, ah_text url) { c->redirect = ah_build("{\"url\":%t}", url); }
static inline void ah_state(ah_context *c, ah_json state) { c->state = state; }

// ah_fail is a step error: the journey goes to the step's on_error, or ends.
static inline void ah_fail(ah_context *c, ah_text code, ah_text message) { c->error = ah_build("{\"code\":%t,\"message\":%t}", code, message); }

static inline void ah_put_values(const char *name, const char *open, const ah_value *list) {
  if (!list) return;
  ah_puts(name), ah_puts(open);
  for (const ah_value *v = list; v; v = v->next) {
    if (v != list) ah_puts(",");
    if (*open == '{') ah_put_quoted(v->name), ah_puts(":");
    ah_put(v->value.at, v->value.len);
  }
  ah_puts(*open == '{' ? "}" : "]");
}

static inline void ah_put_json(const char *name, ah_json value) {
  if (value.len) ah_puts(name), ah_put(value.at, value.len);
}

// ah_finish writes the output document; nothing is beside an error.
static inline int32_t ah_finish(ah_context *c) {
  size_t from = ah_used;
  ah_json kind = c->error.len ? c->error : c->prompt.len ? c->prompt : c->redirect.len ? c->redirect : c->outcome;
  if (kind.len == 0) return 1;
  ah_puts(c->error.len ? "{\"error\":" : c->prompt.len ? "{\"prompt\":" : c->redirect.len ? "{\"redirect\":" : "{\"outcome\":");
  ah_put(kind.at, kind.len);
  if (!c->error.len) {
    ah_put_json(",\"state\":", c->state);
    ah_put_json(",\"acr\":", c->acr);
    ah_put_json(",\"amr\":", c->amr);
    ah_put_json(",\"subject\":", c->subject);
    ah_put_values(",\"vars\":", "{", c->vars);
    ah_put_values(",\"claims\":", "{", c->claims);
    ah_put_values(",\"evidence\":", "[", c->evidence);
  }
  ah_puts("}");
  acrhost_output_write(ah_arena + from, ah_used - from);
  return 0;
}

// ---- the log, and capabilities

enum { AH_DEBUG = -4, AH_INFO = 0, AH_WARN = 4, AH_ERROR = 8 };

// ah_log writes a line to the host's log. Never a secret: the log is kept.
static inline void ah_log(int32_t level, ah_text line) { acrhost_log(level, line.at, line.len); }

static inline const char *ah_status_name(int32_t status) {
  bool known = status >= 0 && (size_t)status < sizeof ah_status_names / sizeof *ah_status_names;
  return known ? ah_status_names[status] : "unknown_status";
}

// ah_failed is the step error for the capability that was asked last.
static inline void ah_failed(ah_context *c) {
  ah_text code = ah_str(ah_status_name(c->status)), word = ah_print("%t", code);
  for (size_t i = 0; i < word.len; i++)
    if (word.at[i] == '_') ((char *)word.at)[i] = ' ';
  ah_fail(c, code, ah_print("%s: %t", c->capability ? c->capability : "no capability was asked", word));
}

// ah_read_all fetches a document of the host's, however large, into the arena.
static inline ah_text ah_read_all(size_t (*length)(void), size_t (*read)(char *, size_t, size_t)) {
  size_t n = length(), off = 0;
  char *at = ah_alloc(n);
  for (size_t got; off < n && (got = read(at + off, n - off, off)) > 0;) off += got;
  return (ah_text){at, off};
}

// ah_invoke asks a capability. The answer is read also where the status isn't ok, since
// the host may say more; one that can't be read is an upstream fault.
static inline int32_t ah_invoke(ah_context *c, const char *name, int32_t (*import)(const char *, size_t), ah_json request,
                                const ah_type *(*type)(void), void *answer) {
  c->capability = name;
  c->status = import(request.at, request.len);
  ah_text document = ah_read_all(acrhost_result_len, acrhost_result_read);
  if (!ah_parse(document, type, answer) && c->status == AH_OK) c->status = AH_UPSTREAM_FAULT;
  return c->status;
}

// ---- steps, the module and its manifest

// ah_step is a step type. Its lists have spaces between: .outcomes = "ok failed"; but for
// .fetches, where http_fetch goes: "POST https://risk.example.com/v1/score|GET config/url".
typedef struct {
  const char *name;
  AH_M_STEP(AH_FIELD)
  void (*run)(ah_context *c, const void *config);
  const ah_type *(*config)(void);
} ah_step;
AH_TYPE_OF(ah_step, AH_M_STEP)

typedef struct {
  AH_M_MODULE(AH_FIELD)
  const ah_step *steps;
  size_t count;
} ah_module;
AH_TYPE_OF(ah_module, AH_M_MODULE)

// ACRHOST_STEP begins the function of a step, whose configuration has the given type.
#define ACRHOST_STEP(function, T)                                                                   \
  static void function##_typed(ah_context *c, const T *config);                                     \
  static void function(ah_context *c, const void *config) { function##_typed(c, config); }          \
  static void function##_typed(ah_context *c, const T *config)

static inline void ah_config_fault(ah_context *c, const ah_reader *r) {
  ah_text where = AH("config");
  for (int i = 0; i < r->depth && i < 8; i++) where = ah_print("%t.%t", where, r->trail[i]);
  ah_fail(c, AH("config"), ah_print("%t: %s", where, r->fault ? r->fault : "something follows it"));
}

// ah_run is one call.
static inline int32_t ah_run(const ah_module *m) {
  ah_context c;
  memset(&c, 0, sizeof c);
  ah_used = 0;
  if (!ah_parse(ah_read_all(acrhost_input_len, acrhost_input_read), ah_input_type, &c.in)) {
    ah_log(AH_ERROR, AH("the input is no input document"));
    return 1;
  }
  for (size_t i = 0; i < m->count; i++) {
    const ah_step *s = m->steps + i;
    if (!ah_same(c.in.call.type, ah_str(s->name))) continue;
    void *config = ah_alloc(s->config()->size);
    ah_reader r = {.at = c.in.config.at, .end = c.in.config.at + c.in.config.len, .strict = true};
    if (c.in.config.len == 0) r.end = (r.at = "{}") + 2;
    if (!ah_read_object(&r, s->config(), config) || ah_next(&r) != 0) ah_config_fault(&c, &r);
    else s->run(&c, config);
    if (ah_finish(&c) == 0) return 0;
    ah_log(AH_ERROR, AH("the step gave no outcome, prompt, redirect or error"));
    return 1;
  }
  ah_log(AH_ERROR, ah_print("the module has no step type %t", c.in.call.type));
  return 1;
}

static inline void ah_put_schema(const ah_type *t, const char *dialect);

static inline void ah_put_member_schema(const ah_member *m) {
  static const char *const types[] = {
      [AH_TEXT] = "string", [AH_INT] = "integer", [AH_MAYBE] = "integer", [AH_NUMBER] = "number", [AH_BOOL] = "boolean", [AH_TIME] = "string",
      [AH_TEXTS_] = "array", [AH_TABLE] = "object", [AH_VALUES] = "object", [AH_LIST] = "array", [AH_NAMED] = "object"};
  if (m->kind == AH_OBJECT || m->kind == AH_POINTER) { ah_put_schema(m->of(), ""); return; }
  ah_puts("{\"description\":"), ah_put_quoted(ah_str(m->doc ? m->doc : ""));
  if (m->kind != AH_JSON) ah_puts(",\"type\":"), ah_put_quoted(ah_str(types[m->kind]));
  if (m->kind == AH_TEXTS_) ah_puts(",\"items\":{\"type\":\"string\"}");
  if (m->kind == AH_TABLE) ah_puts(",\"additionalProperties\":{\"type\":\"string\"}");
  if (m->of) ah_puts(m->kind == AH_LIST ? ",\"items\":" : ",\"additionalProperties\":"), ah_put_schema(m->of(), "");
  for (const char *one = m->choices, *between = ",\"enum\":["; one; between = ",") {
    size_t n = strcspn(one, "|");
    ah_puts(between), ah_put_quoted((ah_text){one, n});
    one = one[n] ? one + n + 1 : (ah_puts("]"), NULL);
  }
  if (m->fallback) ah_puts(",\"default\":"), ah_puts(m->fallback);
  ah_puts("}");
}

static inline void ah_put_schema(const ah_type *t, const char *dialect) {
  const char *between = "";
  ah_puts("{"), ah_puts(dialect), ah_puts("\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
  for (size_t i = 0; i < t->count; i++, between = ",") ah_puts(between), ah_put_quoted(ah_str(t->members[i].name)), ah_puts(":"), ah_put_member_schema(t->members + i);
  ah_puts("}"), between = ",\"required\":[";
  for (size_t i = 0; i < t->count; i++)
    if (t->members[i].required) ah_puts(between), ah_put_quoted(ah_str(t->members[i].name)), between = ",";
  ah_puts(*between == ',' && !between[1] ? "]}" : "}");
}

// ah_put_more writes an object up to its end, where another member can follow.
static inline void ah_put_more(const ah_type *t, const void *from, const char *member) {
  ah_put_object(t, from, false);
  ah_used--; // the brace; there are members before it, which are required
  ah_puts(member);
}

// ah_describe writes the manifest.
static inline int32_t ah_describe(const ah_module *m) {
  ah_used = 0;
  ah_put_more(ah_module_type(), m, ",\"steps\":{");
  for (const ah_step *s = m->steps; s < m->steps + m->count; s++) {
    if (s > m->steps) ah_puts(",");
    ah_put_quoted(ah_str(s->name)), ah_puts(":");
    ah_put_more(ah_step_type(), s, ",\"config_schema\":");
    ah_put_schema(s->config(), "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","), ah_puts("}");
  }
  ah_puts("}}");
  acrhost_output_write(ah_arena, ah_used);
  return 0;
}

// ACRHOST_MODULE exports the module, from an array of its step types.
#define ACRHOST_MODULE(types, ...)                                                                  \
  static const ah_module acrhost_module = {.steps = types, .count = sizeof types / sizeof *types, __VA_ARGS__}; \
  AH_EXPORT("acrhost_step_v1") int32_t acrhost_step_v1(void);                                       \
  AH_EXPORT("acrhost_describe_v1") int32_t acrhost_describe_v1(void);                               \
  int32_t acrhost_step_v1(void) { return ah_run(&acrhost_module); }                                 \
  int32_t acrhost_describe_v1(void) { return ah_describe(&acrhost_module); }
