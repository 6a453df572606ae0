// What the exports do: transform.js writes them.
import { Call, Result, Step } from "./call";
import { Input } from "./generated";
import { Level, input, log, output, outputText } from "./host";
import { Fault, read } from "./json";

export { outputText };

/** Reads the input; null where it is no input document, which is logged then. */
export function begin(): Call | null {
  const document = read<Input>(input(), false);
  const fault = Fault.take("the input");
  if (fault == "") return new Call(document);
  log(Level.Error, fault);
  return null;
}

/** Runs a step of the type that the input asks for. */
export function run<T extends Step>(call: Call): i32 {
  const step = read<T>(call.input.config, true);
  const fault = Fault.take("config");
  const result = fault == "" ? step.run(call) : Result.fail("config", fault);
  output(result.document);
  return 0;
}

/** The input asks for a step type that the module has not. */
export function unknown(type: string): i32 {
  log(Level.Error, `the module has no step type "${type}"`);
  return 1;
}
