import assert from "node:assert";
import test from "node:test";
import { call } from "../../test.js";
import prompt from "./step.js";

test("asks first", () => {
  const output = call(prompt, "pin", { config: { pin: "1234" } });
  assert.equal(output.prompt.title, "Enter your PIN");
  assert.deepEqual(output.state, { shown: 1 });
});

test("decides on the answer", () => {
  const answer = (pin) => call(prompt, "pin", { config: { pin: "1234", level: "2.0" }, form: { pin }, action: "submit" });
  assert.deepEqual(answer("1234"), { outcome: "ok", acr: "2.0" });
  assert.deepEqual(answer("4321"), { outcome: "failed" });
});
