// Command hello greets the subject: the smallest step that says something.
#include "acrhost.h"

#define HELLO(M) M(TEXT, greeting, DEFAULT("Hello"), "The word before the name.")
ACRHOST_TYPE(hello, HELLO)

ACRHOST_STEP(greet, hello) {
  ah_text name = c->in.subject && c->in.subject->username.len ? c->in.subject->username : AH("stranger");
  ah_outcome(c, AH("ok"));
  ah_var(c, "greeting", ah_build("%t", ah_print("%t, %t", config->greeting, name)));
}

static const ah_step steps[] = {
  {.name = "hello", .title = "Greet the user", .outcomes = "ok", .run = greet, .config = hello_type, .writes = {.vars = "greeting"}},
};
ACRHOST_MODULE(steps, .name = "com.example.hello", .version = "1.0.0", .title = "Hello", .snapshot_safe = true)
