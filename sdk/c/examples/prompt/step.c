// Command prompt asks for a PIN.
#include "acrhost.h"

#define PIN(M)                                                \
  M(TEXT, pin, REQUIRED, "The PIN that is right.")        \
  M(TEXT, level, DEFAULT("pin"), "The acr that the right PIN sets.")
ACRHOST_TYPE(pin, PIN)

ACRHOST_STEP(check, pin) {
  if (!c->in.form.at) {
    ah_ask(c, &(ah_prompt){
      .title = AH("Enter your PIN"),
      .fields = AH_LIST_OF(ah_field, {.name = AH("pin"), .type = AH("password"), .label = AH("PIN"), .required = true}),
    });
    ah_state(c, ah_build("{\"shown\":1}"));
  } else if (ah_same(ah_answered(&c->in, "pin"), config->pin)) {
    ah_outcome(c, AH("ok"));
    ah_set_acr(c, config->level);
  } else {
    ah_outcome(c, AH("failed"));
  }
}

static const ah_step steps[] = {
  {.name = "pin", .title = "Ask for a PIN", .outcomes = "ok failed", .run = check, .config = pin_type, .writes = {.acr_from = "/level"}},
};
ACRHOST_MODULE(steps, .name = "com.example.prompt", .version = "1.0.0", .title = "Ask for a PIN", .snapshot_safe = true)
