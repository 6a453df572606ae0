// The border between a step in JavaScript and the host: QuickJS, started once in
// _initialize with the step's module, and what sdk/ABI.md calls acrhost_v1.
//
// It is compiled for each plugin: STEP_FILE and SDK_FILE name the sources that go into
// the module, CAPABILITIES(X) lists the capabilities that it imports.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "quickjs.h"

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

IMPORT("acrhost_v1", "input_len") uint32_t input_len(void);
IMPORT("acrhost_v1", "input_read") uint32_t input_read(void *to, uint32_t cap, uint32_t off);
IMPORT("acrhost_v1", "output_write") void output_write(const void *from, uint32_t len);
IMPORT("acrhost_v1", "result_len") uint32_t result_len(void);
IMPORT("acrhost_v1", "result_read") uint32_t result_read(void *to, uint32_t cap, uint32_t off);
IMPORT("acrhost_v1", "log") void host_log(int32_t level, const void *from, uint32_t len);

#define DECLARE(name) IMPORT("acrhost_cap_v1", #name) int32_t capability_##name(const void *from, uint32_t len);
CAPABILITIES(DECLARE)

typedef struct {
  const char *name;
  int32_t (*call)(const void *from, uint32_t len);
} Capability;

#define ENTRY(name) {#name, capability_##name},
static const Capability capabilities[] = {CAPABILITIES(ENTRY){NULL, NULL}};

// The sources, each with a zero byte behind it, as the engine wants them.
#define SOURCE(name, file)                  \
  __asm__(".section .rodata." #name ",\"\",@\n" \
          ".globl " #name "\n" #name ":\n"  \
          ".incbin \"" file "\"\n"          \
          ".int8 0\n"                       \
          ".size " #name ", .-" #name "\n"  \
          ".type " #name ",@object\n");     \
  extern const char name[]

SOURCE(step_source, STEP_FILE);
SOURCE(sdk_source, SDK_FILE);

enum { ERROR = 8, KIB = 1024, STACK = 700 * KIB, DOUBLE_BITS = 53 };

static JSContext *js;
static JSValue plugin;

// Logs what was thrown, with where.
static void log_exception(void) {
  JSValue thrown = JS_GetException(js);
  const char *message = JS_ToCString(js, thrown);
  if (message != NULL) host_log(ERROR, message, strlen(message));
  JSValue stack = JS_IsObject(thrown) ? JS_GetPropertyStr(js, thrown, "stack") : JS_UNDEFINED;
  const char *trace = JS_IsString(stack) ? JS_ToCString(js, stack) : NULL;
  if (trace != NULL && *trace != 0) host_log(ERROR, trace, strlen(trace));
}

// A plugin that does not start is refused when it is loaded.
static JSValue must(JSValue value) {
  if (JS_IsException(value)) {
    log_exception();
    __builtin_trap();
  }
  return value;
}

static JSValue js_log(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv) {
  int32_t level;
  size_t len;
  if (argc < 2 || JS_ToInt32(ctx, &level, argv[0]) != 0) return JS_EXCEPTION;
  const char *line = JS_ToCStringLen(ctx, &len, argv[1]);
  if (line == NULL) return JS_EXCEPTION;
  host_log(level, line, len);
  JS_FreeCString(ctx, line);
  return JS_UNDEFINED;
}

static JSValue result(JSContext *ctx, int32_t status) {
  uint32_t len = result_len();
  char *text = malloc(len + 1);
  if (text == NULL) return JS_ThrowOutOfMemory(ctx);
  len = result_read(text, len, 0);
  JSValue pair = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, status));
  JS_SetPropertyUint32(ctx, pair, 1, JS_NewStringLen(ctx, text, len));
  free(text);
  return pair;
}

// Asks a capability: name and request in, [status, answer] out.
static JSValue js_call(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv) {
  if (argc < 2) return JS_ThrowTypeError(ctx, "a capability and a request are expected");
  size_t len;
  const char *name = JS_ToCString(ctx, argv[0]);
  const char *request = JS_ToCStringLen(ctx, &len, argv[1]);
  if (name == NULL || request == NULL) return JS_EXCEPTION;
  for (const Capability *c = capabilities; c->name != NULL; c++) {
    if (strcmp(c->name, name) == 0) return result(ctx, c->call(request, len));
  }
  return JS_ThrowReferenceError(ctx, "the module does not import %s: its name stands nowhere in the step's source", name);
}

static JSValue js_byte_length(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv) {
  size_t len;
  const char *text = argc < 1 ? NULL : JS_ToCStringLen(ctx, &len, argv[0]);
  if (text == NULL) return JS_ThrowTypeError(ctx, "a text is expected");
  JS_FreeCString(ctx, text);
  return JS_NewInt64(ctx, (int64_t)len);
}

// Math.random draws from the system in each call: what the engine draws when it starts
// would be the same in every call that is served from one snapshot.
static JSValue js_random(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv) {
  uint64_t bits;
  if (getentropy(&bits, sizeof bits) != 0) return JS_ThrowInternalError(ctx, "the host has no random numbers");
  return JS_NewFloat64(ctx, (double)(bits >> (64 - DOUBLE_BITS)) / (double)(UINT64_C(1) << DOUBLE_BITS));
}

static void define_host(void) {
  JSValue global = JS_GetGlobalObject(js), host = JS_NewObject(js);
  JS_SetPropertyStr(js, host, "log", JS_NewCFunction(js, js_log, "log", 2));
  JS_SetPropertyStr(js, host, "call", JS_NewCFunction(js, js_call, "call", 2));
  JS_SetPropertyStr(js, host, "byteLength", JS_NewCFunction(js, js_byte_length, "byteLength", 1));
  JS_SetPropertyStr(js, global, "acrhost", host);
  JSValue math = JS_GetPropertyStr(js, global, "Math");
  JS_SetPropertyStr(js, math, "random", JS_NewCFunction(js, js_random, "random", 0));
}

static JSValue compile(const char *source, const char *name) {
  return must(JS_Eval(js, source, strlen(source), name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY));
}

// The one module that a step can import is the SDK's own.
static JSModuleDef *load(JSContext *ctx, const char *name, void *opaque, JSValueConst attributes) {
  const char *last = strrchr(name, '/');
  if (strcmp(last == NULL ? name : last + 1, "acrhost.js") != 0) {
    JS_ThrowReferenceError(ctx, "%s can't be imported: a step is one file, and acrhost.js", name);
    return NULL;
  }
  return JS_VALUE_GET_PTR(compile(sdk_source, "acrhost.js"));
}

// Runs before any call, in _initialize.
__attribute__((constructor)) static void start(void) {
  JSRuntime *runtime = JS_NewRuntime();
  JS_SetMaxStackSize(runtime, STACK);
  JS_SetModuleLoaderFunc2(runtime, NULL, load, NULL, NULL);
  js = JS_NewContext(runtime);
  define_host();
  JSValue module = compile(step_source, STEP_FILE);
  JSModuleDef *def = JS_VALUE_GET_PTR(module);
  JSValue done = must(JS_EvalFunction(js, module));
  JSContext *at;
  while (JS_ExecutePendingJob(runtime, &at) > 0) continue;
  if (JS_PromiseState(js, done) == JS_PROMISE_REJECTED) must(JS_Throw(js, JS_PromiseResult(js, done)));
  plugin = must(JS_GetPropertyStr(js, must(JS_GetModuleNamespace(js, def)), "default"));
}

// Calls a method of the plugin, and writes the text that it gives.
static int32_t answer(const char *method, int argc, JSValue *argv) {
  JSAtom name = JS_NewAtom(js, method);
  JSValue text = JS_Invoke(js, plugin, name, argc, argv);
  size_t len;
  const char *document = JS_IsException(text) ? NULL : JS_ToCStringLen(js, &len, text);
  if (document == NULL) {
    log_exception();
    return 1;
  }
  output_write(document, len);
  return 0;
}

__attribute__((export_name("acrhost_step_v1"))) int32_t acrhost_step_v1(void) {
  uint32_t len = input_len();
  char *input = malloc(len + 1);
  if (input == NULL) return 1;
  len = input_read(input, len, 0);
  JSValue text = JS_NewStringLen(js, input, len);
  free(input);
  return answer("answer", 1, &text);
}

__attribute__((export_name("acrhost_describe_v1"))) int32_t acrhost_describe_v1(void) {
  return answer("describe", 0, NULL);
}
