// The guest that the conformance kit calls: sdk/tck/README.md specifies it.
import { byteLength, CallError, capability, log, plugin, StepError } from "../acrhost.js";

const NOT_FOUND = 3;
const LIMIT_REACHED = 5;
const anyVars = { vars: ["*"] };
const string = { type: "string" };
const list = (items) => ({ type: "array", items, default: [] });
const table = (values) => ({ type: "object", ...(values && { additionalProperties: values }), default: {} });

const echo = {
  outcomes: ["ok"],
  reads: ["subject.claims", "upstream", "device", "vars"],
  writes: anyVars,
  run({ abi, call, journey, request, acr, amr, evidence, subject, upstream, device, vars, form, action, state }) {
    const { id, type, step, attempt, now, interactive } = call;
    const { name, run, started_at, path } = journey;
    const { client_id, acr_values, acr_essential, scope, prompt, max_age, login_hint, ui_locales, authorization_details = [], claims = [] } = request;
    return {
      outcome: "ok",
      vars: {
        abi, amr, vars, form, action, state,
        call: { id, type, step, attempt, now: Date.parse(now), interactive },
        journey: { name, run, started_at: Date.parse(started_at), path },
        request: { client_id, acr_values, acr_essential, scope, prompt, max_age, login_hint, ui_locales, authorization_details, claims },
        acr: { current: acr.current, set: acr.set },
        evidence: evidence.map(({ method, amr, at, step, fresh }) => ({ method, amr, at: Date.parse(at), step, fresh })),
        subject: subject && { id: subject.id, username: subject.username, claims: subject.claims },
        upstream: Object.fromEntries(Object.entries(upstream).map(([name, login]) => [name, loginOf(login)])),
        device: { ip: device.ip, user_agent: device.user_agent },
      },
    };
  },
};

const loginOf = ({ claims = {}, acr = null, amr = [] }) => ({ claims, acr, amr });

const config = {
  outcomes: ["ok"],
  writes: anyVars,
  config: {
    text: { type: "string", required: true },
    word: { type: "string", default: "plain" },
    choice: { type: "string", enum: ["low", "high"], default: "low" },
    count: { type: "integer", default: 6 },
    ratio: { type: "number", default: 0.5 },
    flag: { type: "boolean", default: true },
    limit: { type: "integer" },
    names: list(string),
    table: table(string),
    options: list({ type: "object", properties: { value: { type: "string", required: true }, label: { type: "string", default: "" } } }),
    any: {},
  },
  run: ({ config }) => ({ outcome: "ok", vars: { config: { limit: null, any: null, ...config } } }),
};

const outcome = {
  outcomes: ["ok", "other"],
  writes: { ...anyVars, acr: ["*"], amr: ["face", "hwk"], claims: ["department"], evidence: ["face"], subject: true },
  config: {
    outcome: { type: "string", default: "ok" },
    acr: {},
    vars: { type: "object" },
    claims: { type: "object" },
    amr: { type: "array", items: string },
    evidence: {
      type: "array",
      items: { type: "object", properties: { method: { type: "string", required: true }, amr: { type: "array", items: string } } },
    },
    subject: string,
  },
  run: ({ config: { subject, ...rest } }) => (subject === undefined ? rest : { ...rest, subject: { id: subject } }),
};

const options = [{ value: "a", label: "A" }, { value: "b" }];
const plain = (type) => ({ name: type, type, label: type });
const page = {
  title: "All fields",
  text: 'Two\nlines, "quoted" <b>not bold</b>.',
  error: "Something was wrong.",
  fields: [
    { name: "text", type: "text", label: "Text", hint: "A hint", error: "Not this", value: "välue", read_only: true },
    plain("username"), { ...plain("password"), required: true }, plain("new_password"), { ...plain("otp"), required: true },
    plain("email"), plain("tel"),
    { name: "select", type: "select", label: "Select", value: "b", options },
    { ...plain("radio"), options },
    plain("checkbox"), plain("hidden"), plain("info"),
    plain("passkey_get"), plain("passkey_create"), plain("totp_create"), plain("recovery_codes"),
  ],
  actions: [{ name: "submit", label: "Continue" }, { name: "again" }],
};

const prompt = {
  outcomes: ["ok"],
  writes: { vars: ["form", "action", "round", "note", "otp"] },
  run({ form, action, state }) {
    if (form === null) return { prompt: page, state: { round: 1, note: "é" } };
    const { round, note } = state;
    if (action !== "again") return { outcome: "ok", vars: { form, action, round, note, otp: form.otp ?? "" } };
    return { prompt: { error: "Once more.", fields: [{ name: "text", type: "text" }] }, state: { round: round + 1, note } };
  },
};

const redirect = {
  outcomes: ["ok", "failed"],
  writes: anyVars,
  capabilities: ["upstream_begin", "upstream_finish"],
  config: { provider: { type: "string", default: "acme" }, prompt: string, max_age: { type: "integer" }, login_hint: string },
  run({ config: { provider, ...how }, request: { acr_values }, state }) {
    if (state === null) {
      const { url } = capability.upstream_begin({ provider, ...how, ...(acr_values.length > 0 && { acr_values }) });
      return { redirect: { url }, state: { provider } };
    }
    const login = capability.upstream_finish({});
    if (!login.ok) return { outcome: "failed", vars: { error: login.error } };
    return { outcome: "ok", vars: { upstream: loginOf(login) } };
  },
};

const fetch = {
  outcomes: ["ok", "refused"],
  writes: anyVars,
  capabilities: ["http_fetch"],
  fetches: ["* config/url"],
  config: {
    url: { type: "string", required: true },
    method: string,
    body: string,
    headers: { type: "object", additionalProperties: string },
    strict: { type: "boolean", default: false },
  },
  run({ config: { strict, ...request } }) {
    try {
      const { status, headers, body } = capability.http_fetch(request);
      const length = byteLength(body);
      const end = [...body.slice(-16)].slice(-8).join("");
      return { outcome: "ok", vars: { status, headers, length, body: length > 1000 ? end : body } };
    } catch (e) {
      if (strict || !(e instanceof CallError)) throw e;
      return { outcome: "refused", vars: { status: e.status } };
    }
  },
};

const otp = {
  outcomes: ["ok", "failed", "wait"],
  writes: anyVars,
  capabilities: ["otp_send", "otp_verify"],
  config: { channel: { type: "string", default: "sms" }, code: string },
  run({ config: { channel, code } }) {
    try {
      if (code !== undefined) return { outcome: capability.otp_verify({ channel, code }).ok ? "ok" : "failed" };
      const { to } = capability.otp_send({ channel, length: 8, ttl_seconds: 120, text: "Your code is {code}." });
      return { outcome: "ok", vars: { to } };
    } catch (e) {
      if (e.status !== LIMIT_REACHED) throw e;
      return { outcome: "wait", vars: { retry_after: e.answer?.retry_after ?? 0 } };
    }
  },
};

const user = {
  outcomes: ["ok", "failed", "unknown"],
  writes: anyVars,
  capabilities: ["user_identify", "password_verify", "user_factors"],
  config: { username: { type: "string", required: true }, password: { type: "string", required: true } },
  run({ config: { username, password } }) {
    try {
      const { subject: { id, username: name, claims } } = capability.user_identify({ username });
      if (!capability.password_verify({ password }).ok) return { outcome: "failed" };
      const { password: known, passkeys, totp, recovery_codes, phone, email } = capability.user_factors({});
      return {
        outcome: "ok",
        vars: { subject: { id, username: name, claims }, factors: { password: known, passkeys, totp, recovery_codes, phone, email } },
      };
    } catch (e) {
      if (e.status !== NOT_FOUND || e.capability !== "user_identify") throw e;
      return { outcome: "unknown" };
    }
  },
};

const verified = (...also) => (answer) => Object.fromEntries(["ok", ...also].map((name) => [name, answer[name] ?? { change: false, reason: "" }[name] ?? 0]));

/** By capability: its request, of a configuration, and what of the answer is told. */
const FACTOR = {
  password_verify: [({ username, value }) => ({ username, password: value }), verified("change", "retry_after")],
  password_set: [({ value }) => ({ password: value }), verified("reason")],
  passkey_login_options: [({ user_verification }) => ({ user_verification })],
  passkey_login: [({ value }) => ({ response: value }), verified()],
  passkey_register_options: [({ user_verification }) => ({ user_verification })],
  passkey_register: [({ value, name }) => ({ response: value, name }), verified()],
  totp_verify: [({ value }) => ({ code: value }), verified("retry_after")],
  totp_enroll: [() => ({})],
  totp_confirm: [({ value, name }) => ({ code: value, name }), verified()],
  recovery_verify: [({ value }) => ({ code: value }), verified("left", "retry_after")],
  recovery_generate: [() => ({})],
  recovery_confirm: [() => ({})],
  address_enroll: [({ channel, value }) => ({ channel, address: value }), ({ to }) => ({ to })],
  address_confirm: [({ channel, value }) => ({ channel, code: value }), verified()],
  consent_check: [() => ({}), verified()],
  consent_give: [() => ({})],
};

const factor = {
  outcomes: ["ok", "refused"],
  writes: anyVars,
  capabilities: Object.keys(FACTOR),
  config: {
    call: { type: "string", required: true },
    value: { type: "string", default: "" },
    channel: { type: "string", default: "sms" },
    username: string, name: string, user_verification: string,
  },
  run({ config }) {
    const [request, told] = FACTOR[config.call];
    try {
      const answer = capability[config.call](request(config));
      return { outcome: "ok", ...(told && { vars: told(answer) }) };
    } catch (e) {
      if (!(e instanceof CallError)) throw e;
      return { outcome: "refused", vars: { status: e.status } };
    }
  },
};

const fail = {
  outcomes: ["ok"],
  config: { how: { type: "string", default: "document" }, code: { type: "string", default: "" }, message: { type: "string", default: "" } },
  run({ config: { how, code, message } }) {
    if (how === "document") throw new StepError(code, message);
    throw new Error("the configuration says so");
  },
};

const logged = {
  outcomes: ["ok"],
  writes: anyVars,
  config: { text: { type: "string", required: true } },
  run({ config: { text } }) {
    for (const level of ["debug", "info", "warn", "error"]) log[level](`${level}: ${text}`);
    return { outcome: "ok" };
  },
};

const size = {
  outcomes: ["ok"],
  writes: anyVars,
  config: { text: { type: "string", default: "" }, fill: { type: "integer", default: 0 } },
  run: ({ config: { text, fill } }) => ({ outcome: "ok", vars: { bytes: byteLength(text), fill: "x".repeat(fill) } }),
};

export default plugin({
  name: "com.example.tck",
  version: "1.0.0",
  steps: { echo, config, outcome, prompt, redirect, fetch, otp, user, factor, fail, log: logged, size },
});
