// The steps of the benchmark's journey in C: a form for a user name and a password, and an
// acr. As in the peers' servers the password is one word that the configuration holds, and
// no hash is made; what a login costs beside the hash is what is measured.
#include "acrhost.h"

#define SIGN_IN(M) M(TEXT, word, REQUIRED, "The password of everybody.")
ACRHOST_TYPE(sign_in, SIGN_IN)

ACRHOST_STEP(ask, sign_in) {
  if (!c->in.form.at) {
    ah_ask(c, &(ah_prompt){
      .title = AH("Sign in"),
      .fields = AH_LIST_OF(ah_field,
        {.name = AH("username"), .type = AH("username"), .label = AH("User name"), .required = true},
        {.name = AH("password"), .type = AH("password"), .label = AH("Password"), .required = true}),
      .actions = AH_LIST_OF(ah_action, {.name = AH("submit"), .label = AH("Continue")}),
    });
    return;
  }
  ah_username who = {.username = ah_answered(&c->in, "username")};
  ah_identified found;
  int32_t status = ah_user_identify(c, &who, &found);
  if (status != AH_OK && status != AH_NOT_FOUND && status != AH_LIMIT_REACHED) {
    ah_failed(c);
  } else if (status != AH_OK || !ah_same(ah_answered(&c->in, "password"), config->word)) {
    ah_outcome(c, AH("failed"));
  } else {
    ah_outcome(c, AH("ok"));
    ah_assert_evidence(c, AH("word"), AH_TEXTS(AH("pwd")));
  }
}

#define SET_ACR(M) M(TEXT, acr, REQUIRED, "The acr to set.")
ACRHOST_TYPE(set_acr, SET_ACR)

ACRHOST_STEP(set, set_acr) {
  ah_outcome(c, AH("ok"));
  ah_set_acr(c, config->acr);
}

static const ah_step steps[] = {
  {.name = "sign-in", .title = "Ask for a user name and a password", .outcomes = "ok failed", .run = ask, .config = sign_in_type, .writes = {.evidence = "word", .amr = "pwd"}, .capabilities = "user_identify"},
  {.name = "set-acr", .title = "Set the acr", .outcomes = "ok", .run = set, .config = set_acr_type, .writes = {.acr_from = "/acr"}},
};
ACRHOST_MODULE(steps, .name = "bench.steps-in-c", .version = "1.0.0", .title = "Sign in without a hash", .snapshot_safe = true)
