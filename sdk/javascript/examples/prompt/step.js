// Asks for a PIN: a page on first entry, a decision on its answer.
import { plugin } from "../../acrhost.js";

const page = {
  title: "Enter your PIN",
  fields: [{ name: "pin", type: "password", label: "PIN", required: true }],
};

export default plugin({
  name: "com.example.prompt",
  version: "1.0.0",
  title: "Ask for a PIN",
  steps: {
    pin: {
      title: "Ask for a PIN",
      outcomes: ["ok", "failed"],
      writes: { acr_from: ["/level"] },
      config: {
        pin: { type: "string", required: true, description: "The PIN that is right." },
        level: { type: "string", default: "pin", description: "The acr that the right PIN sets." },
      },
      run({ config, form }) {
        if (form === null) return { prompt: page, state: { shown: 1 } };
        if (form.pin === config.pin) return { outcome: "ok", acr: config.level };
        return { outcome: "failed" };
      },
    },
  },
});
