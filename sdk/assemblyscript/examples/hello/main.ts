// A step that greets whoever logs in, in a variable of the journey.
import { Call, Result, Step, plugin, step } from "@acrhost/step";

plugin({ name: "com.example.hello", version: "1.0.0", title: "Hello" });

/** Greet the user. */
@step("hello", { outcomes: ["ok"], writes: { vars: ["greeting"] } })
export class Hello extends Step {
  /** The word before the name. */
  greeting: string = "Hello";

  run(call: Call): Result {
    const subject = call.input.subject;
    const name = subject === null || subject.username == "" ? "stranger" : subject.username;
    return Result.outcome("ok").var("greeting", `${this.greeting}, ${name}`);
  }
}
