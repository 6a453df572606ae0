// A step that asks for a PIN.
import { Call, Json, Result, Step, page, plugin, required, schema, step } from "@acrhost/step";

plugin({ name: "com.example.prompt", version: "1.0.0" });

/** Ask for a PIN. */
@step("pin", { outcomes: ["ok", "failed"], writes: { acr_from: ["/level"] } })
export class Pin extends Step {
  /** What has to be entered. */
  pin!: string;
  /** The acr that the right PIN sets. */
  level: string = "pin";

  run(call: Call): Result {
    if (!call.answered) {
      const prompt = page("Enter your PIN");
      prompt.fields = [required("pin", "password", "PIN")];
      return Result.ask(prompt).keep(Json.object().set("shown", 1));
    }
    if (call.field("pin") != this.pin) return Result.outcome("failed");
    return Result.outcome("ok").acr(this.level);
  }
}
