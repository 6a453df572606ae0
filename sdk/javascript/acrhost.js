// The SDK for steps in JavaScript: what a step imports, and what the host calls.

const STATUS = ["ok", "denied", "bad request", "not found", "upstream fault", "limit reached"];

/** A step error: the journey goes to the step's on_error, or ends. Throw it. */
export class StepError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * What a capability throws when it gives no answer. `status` is the number of the ABI,
 * `answer` what the host said beside it, or null. Uncaught it is a step error whose code
 * is the status, as in upstream_fault.
 */
export class CallError extends StepError {
  constructor(capability, status, answer) {
    const word = STATUS[status] ?? "unknown status";
    super(word.replaceAll(" ", "_"), `${capability}: ${word}`);
    Object.assign(this, { capability, status, answer });
  }
}

function call(name, request = {}) {
  const [status, text] = globalThis.acrhost.call(name, JSON.stringify(request));
  const answer = text === "" ? null : JSON.parse(text);
  if (status !== 0) throw new CallError(name, status, answer);
  return answer;
}

/**
 * What a step may ask of the host: capability.NAME(request), with the names, requests and
 * answers of the ABI. The module imports those whose names stand in the step's source.
 */
export const capability = Object.fromEntries([
  "user_identify", "user_factors", "password_verify", "password_set", "otp_send", "otp_verify",
  "passkey_login_options", "passkey_login", "passkey_register_options", "passkey_register",
  "totp_verify", "totp_enroll", "totp_confirm", "recovery_verify", "recovery_generate", "recovery_confirm",
  "address_enroll", "address_confirm", "consent_check", "consent_give", "upstream_begin", "upstream_finish", "http_fetch",
].map((name) => [name, (request) => call(name, request)]));

const logger = (level) => (line) => globalThis.acrhost.log(level, String(line));

/** Writes one line to the host's log. Never a secret: the log is kept. */
export const log = { debug: logger(-4), info: logger(0), warn: logger(4), error: logger(8) };

/** How many bytes a text has in UTF-8, without a loop in JavaScript. */
export const byteLength = (text) => globalThis.acrhost.byteLength(text);

/**
 * Makes a plugin of its name, its version and its steps. A step has what the manifest says
 * of it (title, outcomes, reads, writes, capabilities, fetches), `config`: its members as JSON Schema,
 * each with `required: true` where it has to be there, and `run(input)`, which returns the
 * output document. `input.config` has the defaults filled in.
 */
export function plugin({ steps, ...about }) {
  return {
    describe: () => JSON.stringify({ snapshot_safe: true, ...about, steps: mapValues(steps, manifest) }),
    answer(text) {
      const input = JSON.parse(text);
      const step = Object.hasOwn(steps, input.call.type) ? steps[input.call.type] : undefined;
      if (step === undefined) throw new Error(`the module has no step type "${input.call.type}"`);
      return JSON.stringify(output(step, input));
    },
  };
}

function output(step, input) {
  try {
    input.config = members(step.config ?? {}, input.config ?? {}, "config");
    return step.run(input);
  } catch (e) {
    if (!(e instanceof StepError)) throw e;
    return { error: { code: e.code, message: e.message } };
  }
}

function manifest({ config = {}, run, ...about }) {
  return { ...about, config_schema: { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema({ type: "object", properties: config }) } };
}

/** The JSON Schema of a value: what is required of a member moves to its object, which takes no others. */
function schema({ required, ...own }) {
  if (own.items !== undefined) own.items = schema(own.items);
  if (own.properties === undefined) return own;
  const needed = Object.keys(own.properties).filter((name) => own.properties[name].required);
  own.properties = mapValues(own.properties, schema);
  return { ...own, ...(needed.length > 0 && { required: needed }), additionalProperties: false };
}

const FITS = {
  string: (v) => typeof v === "string",
  boolean: (v) => typeof v === "boolean",
  number: (v) => typeof v === "number",
  integer: (v) => Number.isInteger(v),
  array: Array.isArray,
  object: (v) => typeof v === "object" && v !== null && !Array.isArray(v),
};

/**
 * Reads the members of an object. The host holds a configuration against the schema before
 * it calls; what is checked again is what a step relies on: types, and that members are
 * known and there.
 */
function members(properties, value, path) {
  const fault = (text) => new StepError("config", `${path}: ${text}`);
  if (!FITS.object(value)) throw fault("an object is expected");
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(properties, name));
  if (unknown !== undefined) throw fault(`unknown member "${unknown}"`);
  const read = {};
  for (const [name, own] of Object.entries(properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : own.default;
    if (given === undefined && own.required) throw fault(`${name} is required`);
    if (given !== undefined) read[name] = element(own, given, `${path}.${name}`);
  }
  return read;
}

function element(own, value, path) {
  if (own.type !== undefined && !FITS[own.type](value)) throw new StepError("config", `${path}: ${own.type} is expected`);
  if (own.enum !== undefined && !own.enum.includes(value)) throw new StepError("config", `${path}: one of ${own.enum.join(", ")} is expected`);
  if (own.items !== undefined) return value.map((v, i) => element(own.items, v, `${path}[${i}]`));
  return own.properties === undefined ? value : members(own.properties, value, path);
}

const mapValues = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
