// A step that sets the acr, and nothing else.
import { Call, Result, Step, plugin, step } from "@acrhost/step";

plugin({ name: "com.example.set-acr", version: "1.0.0", title: "Set the acr" });

/** Set the acr. */
@step("set-acr", { outcomes: ["ok"], writes: { acr_from: ["/acr"] } })
export class SetAcr extends Step {
  /** The acr to set. */
  acr!: string;

  run(call: Call): Result {
    return Result.outcome("ok").acr(this.acr);
  }
}
