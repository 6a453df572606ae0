import assert from "node:assert/strict";
import test from "node:test";
import { open } from "./acrhost-sdk/@acrhost/step/double.js";

const plugin = await open("set-acr.wasm");

test("sets the acr", () => {
  const { output } = plugin.run("set-acr", { config: { acr: "2.0" } });
  assert.deepEqual(output, { outcome: "ok", acr: "2.0" });
});

test("demands its configuration", () => {
  const { output } = plugin.run("set-acr");
  assert.deepEqual(output, { error: { code: "config", message: "config.acr is required" } });
});

test("says so in the manifest", () => {
  const schema = plugin.describe().steps["set-acr"].config_schema;
  assert.deepEqual(schema.required, ["acr"]);
  assert.deepEqual(schema.properties.acr, { type: "string", description: "The acr to set." });
});
