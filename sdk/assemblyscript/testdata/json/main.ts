// Reads and writes whatever text it gets: what json.ts does is held against node's JSON.
import { Call, Json, Result, Step, plugin, step } from "@acrhost/step";

plugin({ name: "com.example.json", version: "1.0.0" });

@step("json", { outcomes: ["ok", "none"] })
export class Text extends Step {
  text!: string;

  run(call: Call): Result {
    const document = Json.tryParse(this.text);
    return document === null ? Result.outcome("none") : Result.outcome("ok").var("document", document);
  }
}

@step("numbers", { outcomes: ["ok"] })
export class Numbers extends Step {
  real: f64 = 0;
  long: i64 = 0;
  byte: u8 = 0;

  run(call: Call): Result {
    return Result.outcome("ok").var("real", this.real).var("long", this.long).var("byte", this.byte);
  }
}
