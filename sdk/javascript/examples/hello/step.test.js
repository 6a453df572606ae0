import assert from "node:assert";
import test from "node:test";
import { call } from "../../test.js";
import hello from "./step.js";

test("greets a stranger", () => {
  assert.deepEqual(call(hello, "hello"), { outcome: "ok", vars: { greeting: "Hello, stranger" } });
});

test("greets who is known", () => {
  const input = { config: { greeting: "Salut" }, subject: { id: "u1", username: "alice", claims: {} } };
  assert.equal(call(hello, "hello", input).vars.greeting, "Salut, alice");
});
