// Sets the acr that the configuration says.
import { plugin } from "../../acrhost.js";

export default plugin({
  name: "com.example.set-acr",
  version: "1.0.0",
  title: "Set the acr",
  steps: {
    "set-acr": {
      title: "Set the acr",
      outcomes: ["ok"],
      writes: { acr_from: ["/acr"] },
      config: {
        acr: { type: "string", required: true, description: "The acr to set." },
      },
      run: ({ config }) => ({ outcome: "ok", acr: config.acr }),
    },
  },
});
