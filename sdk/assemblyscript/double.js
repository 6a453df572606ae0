// A double of the host for unit tests under node. AssemblyScript has no native build:
// what is tested is the module itself, with its imports played by JavaScript.
import { readFile } from "node:fs/promises";

const levels = { [-4]: "debug", 0: "info", 4: "warn", 8: "error" };

/** Loads a module that was built. */
export async function open(path) {
  return new Plugin(await WebAssembly.compile(await readFile(path)));
}

export class Plugin {
  constructor(module) {
    this.module = module;
  }

  /** The manifest. */
  describe() {
    return new Instance(this.module, null, []).call("acrhost_describe_v1").output;
  }

  /**
   * Runs a step with an input document, of which anything may be left out. The answers
   * are those of the capabilities, in the order in which they are to be asked:
   * {capability, status, answer}. It gives {output, asked, logs}, and throws when the
   * host would see no output.
   */
  run(step, input = {}, answers = []) {
    return new Instance(this.module, { config: {}, ...input, call: { type: step, now: "2026-11-23T07:00:00Z", ...input.call } }, answers).call("acrhost_step_v1");
  }
}

/** One instance of a module, for one call. */
class Instance {
  constructor(module, input, answers) {
    this.input = encode(input);
    this.answers = [...answers];
    this.result = new Uint8Array();
    this.output = [];
    this.asked = [];
    this.logs = [];
    const imports = { acrhost_v1: this.v1(), acrhost_cap_v1: {} };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      if (from === "acrhost_cap_v1") imports.acrhost_cap_v1[name] = (ptr, len) => this.capability(name, ptr, len);
    }
    this.exports = new WebAssembly.Instance(module, imports).exports;
    this.exports._initialize?.();
  }

  call(name) {
    let code;
    try {
      code = this.exports[name]();
    } catch (trap) {
      throw new Error(`the step trapped: ${[...this.logs, trap.message].join("; ")}`, { cause: trap });
    }
    if (code !== 0) throw new Error(`the step ended with ${code}: ${this.logs.join("; ")}`);
    return { output: JSON.parse(decode(Buffer.concat(this.output))), asked: this.asked, logs: this.logs };
  }

  v1() {
    return {
      input_len: () => this.input.length,
      input_read: (ptr, cap, off) => this.copy(this.input, ptr, cap, off),
      output_write: (ptr, len) => void this.output.push(this.bytes(ptr, len)),
      result_len: () => this.result.length,
      result_read: (ptr, cap, off) => this.copy(this.result, ptr, cap, off),
      log: (level, ptr, len) => void this.logs.push(`${levels[level] ?? level}: ${decode(this.bytes(ptr, len))}`),
    };
  }

  capability(name, ptr, len) {
    this.asked.push({ capability: name, request: JSON.parse(decode(this.bytes(ptr, len))) });
    const next = this.answers.shift();
    if (next?.capability !== name) throw new Error(`the step asked for ${name}, where the test has ${next?.capability ?? "no answer"}`);
    this.result = next.answer === undefined ? new Uint8Array() : encode(next.answer);
    return next.status ?? 0;
  }

  bytes(ptr, len) {
    return new Uint8Array(this.exports.memory.buffer, ptr >>> 0, len >>> 0).slice();
  }

  copy(from, ptr, cap, off) {
    const part = from.subarray(off >>> 0, (off >>> 0) + (cap >>> 0));
    new Uint8Array(this.exports.memory.buffer, ptr >>> 0, part.length).set(part);
    return part.length;
  }
}

const encode = (value) => new TextEncoder().encode(JSON.stringify(value));
const decode = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
