// A step that asks for a PIN.
import { Call, Json, Result, Step, page, plugin, required, schema, step } from "@acrhost/step";

plugin({ name: "com.example.prompt", version: "1.0.0", title: "Ask for a PIN" });

/** Ask for a PIN. */
@step("pin", { outcomes: ["ok", "failed"], writes: { acr_from: ["/level"] } })
export class Pin extends Step {
  /** The PIN that is right. */
  pin!: string;
  /** The acr that the right PIN sets. */
  level: string = "pin";

  run(call: Call): Result {
    if (!call.answered) {
      const prompt = page("Enter your PIN");
      prompt.fields = [required("pin", "password", "PIN")];
      return Result.ask(prompt).keep(Json.object().set("shown", 1));
    }
    if (!same(call.field("pin"), this.pin)) return Result.outcome("failed");
    return Result.outcome("ok").acr(this.level);
  }
}

/** Compares in a time that tells nothing about where the two differ. */
function same(a: string, b: string): bool {
  if (a.length != b.length) return false;
  let differs = 0;
  for (let i = 0; i < a.length; i++) differs |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return differs == 0;
}
