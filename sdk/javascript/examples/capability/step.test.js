import assert from "node:assert";
import test from "node:test";
import { call } from "../../test.js";
import capability from "./step.js";

const input = { config: { url: "https://risk.example/score" }, device: { ip: "192.0.2.7", user_agent: "" } };
const run = (answer) => call(capability, "score", input, {
  http_fetch(request) {
    assert.equal(request.body, '{"ip":"192.0.2.7"}');
    return answer;
  },
});
const body = (text) => ({ status: 200, headers: {}, body: text });

test("decides by the score", () => {
  assert.deepEqual(run(body('{"score":0.3}')), { outcome: "low", vars: { risk: 0.3 } });
  assert.deepEqual(run(body('{"score":0.7}')), { outcome: "high", vars: { risk: 0.7 } });
});

test("fails without one", () => {
  assert.deepEqual(run(4), { error: { code: "upstream_fault", message: "http_fetch: upstream fault" } });
  assert.equal(run(body("nothing")).error.code, "upstream_fault");
});
