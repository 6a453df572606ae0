#include "step.c"
#include "acrhost_test.h"

int main(void) {
  AH_EXPECT(ah_test_run("{\"call\":{\"type\":\"hello\"}}"), "{\"outcome\":\"ok\",\"vars\":{\"greeting\":\"Hello, stranger\"}}");
  AH_EXPECT(ah_test_run("{\"call\":{\"type\":\"hello\"},\"config\":{\"greeting\":\"Hi\"},\"subject\":{\"id\":\"u\",\"username\":\"alice\"}}"),
            "{\"outcome\":\"ok\",\"vars\":{\"greeting\":\"Hi, alice\"}}");
  return AH_TEST_END;
}
