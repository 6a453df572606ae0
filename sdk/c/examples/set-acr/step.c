// Command set-acr sets the acr to what the operator configured.
#include "acrhost.h"

#define SET_ACR(M) M(TEXT, acr, REQUIRED, "The acr to set.")
ACRHOST_TYPE(set_acr, SET_ACR)

ACRHOST_STEP(set, set_acr) {
  ah_outcome(c, AH("ok"));
  ah_set_acr(c, config->acr);
}

static const ah_step steps[] = {
  {.name = "set-acr", .title = "Set the acr", .outcomes = "ok", .run = set, .config = set_acr_type, .writes = {.acr_from = "/acr"}},
};
ACRHOST_MODULE(steps, .name = "com.example.set-acr", .version = "1.0.0", .title = "Set the acr", .snapshot_safe = true)
