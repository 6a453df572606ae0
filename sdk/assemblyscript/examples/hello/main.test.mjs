import assert from "node:assert/strict";
import test from "node:test";
import { open } from "./acrhost-sdk/@acrhost/step/double.js";

const plugin = await open("hello.wasm");

test("greets by name", () => {
  const { output } = plugin.run("hello", { subject: { id: "u1", username: "alice", claims: {} } });
  assert.deepEqual(output, { outcome: "ok", vars: { greeting: "Hello, alice" } });
});

test("greets a stranger, as configured", () => {
  const { output } = plugin.run("hello", { config: { greeting: "Grüezi" }, subject: null });
  assert.deepEqual(output, { outcome: "ok", vars: { greeting: "Grüezi, stranger" } });
});
