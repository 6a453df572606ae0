import assert from "node:assert";
import test from "node:test";
import { call } from "../../test.js";
import setAcr from "./step.js";

test("sets the acr", () => {
  assert.deepEqual(call(setAcr, "set-acr", { config: { acr: "2.0" } }), { outcome: "ok", acr: "2.0" });
});

test("needs one", () => {
  assert.deepEqual(call(setAcr, "set-acr"), { error: { code: "config", message: "config: acr is required" } });
});
