// Greets the user: reads the subject, writes a variable.
import { plugin } from "../../acrhost.js";

export default plugin({
  name: "com.example.hello",
  version: "1.0.0",
  title: "Hello",
  steps: {
    hello: {
      title: "Greet the user",
      outcomes: ["ok"],
      writes: { vars: ["greeting"] },
      config: {
        greeting: { type: "string", default: "Hello", description: "The word before the name." },
      },
      run({ config, subject }) {
        return { outcome: "ok", vars: { greeting: `${config.greeting}, ${subject?.username ?? "stranger"}` } };
      },
    },
  },
});
