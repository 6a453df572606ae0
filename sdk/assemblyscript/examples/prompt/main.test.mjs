import assert from "node:assert/strict";
import test from "node:test";
import { open } from "./acrhost-sdk/@acrhost/step/double.js";

const plugin = await open("prompt.wasm");
const config = { pin: "1234" };

test("asks first", () => {
  const { output } = plugin.run("pin", { config });
  assert.deepEqual(output, {
    prompt: { title: "Enter your PIN", fields: [{ name: "pin", type: "password", label: "PIN", required: true }] },
    state: { shown: 1 },
  });
});

test("the right PIN sets the level, another fails", () => {
  const answer = (pin) => plugin.run("pin", { config, form: { pin }, action: "submit", state: { shown: 1 } }).output;
  assert.deepEqual(answer("1234"), { outcome: "ok", acr: "pin" });
  assert.deepEqual(answer("4321"), { outcome: "failed" });
});
