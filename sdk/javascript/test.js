// Runs a step in Node, without WebAssembly.

const NOW = "2026-11-23T07:00:00Z";

/**
 * Calls a step of a plugin: a first entry in a run that is about nobody, but for what
 * `input` says. `doubles` holds a function for each capability; it returns the answer, or
 * a number, which is a status. One without a double is denied. Gives the output document.
 */
export function call(plugin, type, input = {}, doubles = {}) {
  const before = globalThis.acrhost;
  globalThis.acrhost = {
    log: () => {},
    byteLength: (text) => Buffer.byteLength(text),
    call(name, request) {
      const answer = Object.hasOwn(doubles, name) ? doubles[name](JSON.parse(request)) : 1;
      return typeof answer === "number" ? [answer, ""] : [0, JSON.stringify(answer)];
    },
  };
  try {
    return JSON.parse(plugin.answer(JSON.stringify(document(type, input))));
  } finally {
    globalThis.acrhost = before;
  }
}

function document(type, input) {
  return {
    abi: "1.0",
    journey: { name: "test", run: "r_test", started_at: NOW, path: [] },
    config: {},
    request: { client_id: "test", acr_values: [], acr_essential: false, scope: ["openid"], prompt: [], max_age: null, login_hint: null, ui_locales: [] },
    acr: { current: null, set: false },
    amr: [], evidence: [], subject: null, upstream: {}, device: { ip: "", user_agent: "" }, vars: {},
    form: null, action: null, state: null,
    ...input,
    call: { id: "c_test", type, step: "test", attempt: 1, now: NOW, interactive: true, ...input.call },
  };
}
