#include "step.c"
#include "acrhost_test.h"

#define LOGIN "{\"call\":{\"type\":\"score\"},\"config\":{\"url\":\"https://r.example/\"},\"device\":{\"ip\":\"192.0.2.7\"}}"

int main(void) {
  ah_test_expect(AH_OK, "{\"status\":200,\"headers\":{},\"body\":\"{\\\"score\\\": 0.7}\"}");
  AH_EXPECT(ah_test_run(LOGIN), "{\"outcome\":\"high\",\"vars\":{\"risk\":0.7}}");
  AH_EXPECT(ah_test.asked, "http_fetch {\"method\":\"POST\",\"url\":\"https://r.example/\",\"headers\":{\"content-type\":\"application/json\"},"
                           "\"body\":\"{\\\"ip\\\":\\\"192.0.2.7\\\"}\"}\n");
  ah_test_expect(AH_UPSTREAM_FAULT, NULL);
  AH_EXPECT(ah_test_run(LOGIN), "{\"error\":{\"code\":\"upstream_fault\",\"message\":\"http_fetch: upstream fault\"}}");
  return AH_TEST_END;
}
