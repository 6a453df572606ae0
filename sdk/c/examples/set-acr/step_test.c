#include "step.c"
#include "acrhost_test.h"

int main(void) {
  AH_EXPECT(ah_test_run("{\"call\":{\"type\":\"set-acr\"},\"config\":{\"acr\":\"2.0\"}}"), "{\"outcome\":\"ok\",\"acr\":\"2.0\"}");
  AH_EXPECT(ah_test_run("{\"call\":{\"type\":\"set-acr\"}}"), "{\"error\":{\"code\":\"config\",\"message\":\"config.acr: it is required\"}}");
  return AH_TEST_END;
}
