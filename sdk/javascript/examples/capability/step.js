// Asks a service how risky the login is: a capability, and what to do when it fails.
import { capability, plugin, StepError } from "../../acrhost.js";

const HIGH = 0.7;

export default plugin({
  name: "com.example.capability",
  version: "1.0.0",
  title: "Risk score",
  steps: {
    score: {
      title: "Score the risk",
      outcomes: ["low", "high"],
      reads: ["device"],
      writes: { vars: ["risk"] },
      capabilities: ["http_fetch"],
      fetches: ["POST config/url"],
      config: {
        url: { type: "string", required: true, description: "Where the score is had." },
      },
      run({ config, device }) {
        const answer = capability.http_fetch({
          method: "POST",
          url: config.url,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ ip: device.ip }),
        });
        const risk = score(answer.body);
        return { outcome: risk < HIGH ? "low" : "high", vars: { risk } };
      },
    },
  },
});

function score(body) {
  try {
    const { score } = JSON.parse(body);
    if (typeof score === "number") return score;
  } catch {
    // Something that is not JSON holds no score either.
  }
  throw new StepError("upstream_fault", "http_fetch: the answer holds no score");
}
