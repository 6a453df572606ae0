import assert from "node:assert/strict";
import test from "node:test";
import { open } from "./acrhost-sdk/@acrhost/step/double.js";

const plugin = await open("capability.wasm");
const url = "https://risk.example/score";
const input = { config: { url }, device: { ip: "192.0.2.7", user_agent: "" } };

for (const [score, outcome] of [[0.3, "low"], [0.7, "high"]]) {
  test(`a score of ${score} is ${outcome}`, () => {
    const body = JSON.stringify({ score });
    const { output, asked } = plugin.run("score", input, [{ capability: "http_fetch", answer: { status: 200, headers: {}, body } }]);
    assert.deepEqual(output, { outcome, vars: { risk: score } });
    assert.deepEqual(asked[0].request, { method: "POST", url, headers: { "content-type": "application/json" }, body: '{"ip":"192.0.2.7"}' });
  });
}

test("a service that does not answer is a step error", () => {
  const { output } = plugin.run("score", input, [{ capability: "http_fetch", status: 4 }]);
  assert.deepEqual(output, { error: { code: "upstream_fault", message: "http_fetch: upstream fault" } });
});

test("an answer that is no score is one too", () => {
  for (const body of ["", "{}", "[]", '{"score": "low"}', "<html>"]) {
    const { output } = plugin.run("score", input, [{ capability: "http_fetch", answer: { status: 200, headers: {}, body } }]);
    assert.deepEqual(output, { error: { code: "score", message: "the server gave no score" } });
  }
});
