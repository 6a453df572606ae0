// A step that asks a service of the operator's for a risk score.
import { Call, HttpRequest, Json, Kind, Result, Step, Table, httpFetch, plugin, step } from "@acrhost/step";

plugin({ name: "com.example.capability", version: "1.0.0", title: "Risk score" });

/** Score the risk. */
@step("score", { outcomes: ["low", "high"], reads: ["device"], writes: { vars: ["risk"] }, capabilities: ["http_fetch"], fetches: ["POST config/url"] })
export class Score extends Step {
  /** Where the score is had. */
  url!: string;

  run(call: Call): Result {
    const request = new HttpRequest();
    request.method = "POST";
    request.url = this.url;
    request.headers = new Table<string>().set("content-type", "application/json");
    request.body = Json.object().set("ip", call.input.device.ip).toString();
    const reply = httpFetch(request);
    if (!reply.ok) return reply.failure();
    const answer = Json.tryParse(reply.answer.body);
    if (answer === null || answer.get("score").kind != Kind.Number) return Result.fail("score", "the server gave no score");
    const score = answer.get("score").number;
    return Result.outcome(score >= 0.7 ? "high" : "low").var("risk", score);
  }
}
