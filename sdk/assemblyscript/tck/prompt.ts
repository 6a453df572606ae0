import { Call, Result, Step, page, step } from "@acrhost/step";

/** Ask. */
@step("prompt", { outcomes: ["ok"], writes: { vars: ["form", "action", "round", "note"] } })
export class Prompting extends Step {
  run(call: Call): Result { return Result.ask(page("x")); }
}
