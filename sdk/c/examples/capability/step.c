// Command capability asks a service how risky a login is.
#include "acrhost.h"

#define SCORE(M) M(TEXT, url, REQUIRED, "Where the score is had.")
ACRHOST_TYPE(score, SCORE)

#define ANSWER(M) M(NUMBER, score, REQUIRED, "From 0 to 1.")
ACRHOST_TYPE(answer, ANSWER)

ACRHOST_STEP(ask, score) {
  ah_json body = ah_build("{\"ip\":%t}", c->in.device.ip);
  ah_pair json[] = {{AH("content-type"), AH("application/json")}};
  ah_fetch request = {.method = AH("POST"), .url = config->url, .headers = {json, 1}, .body = ah_raw(body)};
  ah_fetched got;
  answer risk;
  if (ah_http_fetch(c, &request, &got) != AH_OK) {
    ah_failed(c);
  } else if (!ah_parse(got.body, answer_type, &risk)) {
    ah_fail(c, AH("score"), AH("the server gave no score"));
  } else {
    ah_outcome(c, risk.score >= 0.7 ? AH("high") : AH("low"));
    ah_var(c, "risk", ah_build("%n", risk.score));
  }
}

static const ah_step steps[] = {
  {.name = "score", .title = "Score the risk", .outcomes = "low high", .run = ask, .config = score_type,
   .reads = "device", .capabilities = "http_fetch", .fetches = "POST config/url", .writes = {.vars = "risk"}},
};
ACRHOST_MODULE(steps, .name = "com.example.capability", .version = "1.0.0", .title = "Risk score", .snapshot_safe = true)
