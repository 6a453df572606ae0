#include "step.c"
#include "acrhost_test.h"

#define ANSWER(pin) "{\"call\":{\"type\":\"pin\"},\"config\":{\"pin\":\"1234\"},\"form\":{\"pin\":\"" pin "\"},\"state\":{\"shown\":1}}"

int main(void) {
  AH_EXPECT(ah_test_run("{\"call\":{\"type\":\"pin\"},\"config\":{\"pin\":\"1234\"}}"),
            "{\"prompt\":{\"title\":\"Enter your PIN\",\"fields\":[{\"name\":\"pin\",\"type\":\"password\",\"label\":\"PIN\",\"required\":true}]},\"state\":{\"shown\":1}}");
  AH_EXPECT(ah_test_run(ANSWER("1234")), "{\"outcome\":\"ok\",\"acr\":\"pin\"}");
  AH_EXPECT(ah_test_run(ANSWER("1235")), "{\"outcome\":\"failed\"}");
  return AH_TEST_END;
}
