// The guest that sdk/tck/README.md specifies: it shows that this SDK keeps to the ABI.
import {
  Asserted, Box, Call, HttpRequest, Json, OtpRequest, Reply, Result, Status, Step, Subject, Table, UpstreamRequest, UserFactors,
  data, httpFetch, otpSend, otpVerify, passwordVerify, plugin, schema, step, upstreamBegin, upstreamFinish, userFactors, userIdentify,
} from "@acrhost/step";
export { Factor } from "./factor";
export { Prompting } from "./prompt";

plugin({ name: "com.example.tck", version: "1.0.0" });

/** Say what was read. */
@step("echo", { outcomes: ["ok"], reads: ["subject.claims", "upstream", "device", "vars"], writes: { vars: ["*"] } })
export class Echo extends Step {
  run(call: Call): Result {
    const i = call.input;
    return Result.outcome("ok")
      .var("abi", i.abi).var("call", i.call).var("journey", i.journey).var("request", i.request)
      .var("acr", i.acr).var("amr", i.amr).var("evidence", i.evidence).var("subject", i.subject)
      .var("upstream", i.upstream).var("device", i.device).var("vars", i.vars)
      .var("form", i.form).var("action", i.action).var("state", i.state);
  }
}

@data
class Choice {
  value!: string;
  label: string = "";
}

/** Say how it is configured. */
@data
@step("config", { outcomes: ["ok"], writes: { vars: ["*"] } })
export class Config extends Step {
  /** Any text. */
  text!: string;
  word: string = "plain";
  @schema({ "enum": ["low", "high"] })
  choice: string = "low";
  count: i64 = 6;
  ratio: f64 = 0.5;
  flag: bool = true;
  limit: Box<i64> | null = null;
  names: string[] = [];
  table: Table<string> = new Table<string>();
  options: Choice[] = [];
  any: Json = Json.null;

  run(call: Call): Result {
    return Result.outcome("ok").var("config", this);
  }
}

@data
class Proof {
  method!: string;
  amr: string[] | null = null;
}

/** Say all that a result can hold. */
@step("outcome", { outcomes: ["ok", "other"], writes: { vars: ["*"], acr: ["*"], amr: ["face", "hwk"], claims: ["department"], evidence: ["face"], subject: true } })
export class Outcome extends Step {
  outcome: string = "ok";
  acr: Json | null = null;
  vars: Table<Json> | null = null;
  claims: Table<Json> | null = null;
  amr: string[] | null = null;
  evidence: Proof[] | null = null;
  subject: string | null = null;

  run(call: Call): Result {
    const r = Result.outcome(this.outcome);
    if (this.acr !== null) r.acr(this.acr);
    const vars = this.vars, claims = this.claims, amr = this.amr, evidence = this.evidence, subject = this.subject;
    if (vars !== null) for (let i = 0; i < vars.names.length; i++) r.var(vars.names[i], vars.values[i]);
    if (claims !== null) for (let i = 0; i < claims.names.length; i++) r.claim(claims.names[i], claims.values[i]);
    if (amr !== null) r.amr(amr);
    if (evidence !== null) {
      r.evidence(evidence.map<Asserted>((e) => {
        const a = new Asserted();
        a.method = e.method;
        a.amr = e.amr;
        return a;
      }));
    }
    if (subject !== null) r.subject(subject);
    return r;
  }
}

@data
class Begun {
  provider: string = "";
}

@data
class Finished {
  claims: Table<Json> = new Table<Json>();
  acr: string | null = null;
  amr: string[] = [];
}

/** Log in elsewhere. */
@step("redirect", { outcomes: ["ok", "failed"], writes: { vars: ["*"] }, capabilities: ["upstream_begin", "upstream_finish"] })
export class Redirect extends Step {
  provider: string = "acme";
  prompt: string | null = null;
  max_age: Box<i64> | null = null;
  login_hint: string | null = null;

  run(call: Call): Result {
    return call.input.state.isNull ? this.begin(call) : this.finish();
  }

  private begin(call: Call): Result {
    const request = new UpstreamRequest();
    request.provider = this.provider;
    request.acr_values = call.input.request.acr_values;
    request.prompt = this.prompt;
    request.max_age = this.max_age;
    request.login_hint = this.login_hint;
    const reply = upstreamBegin(request);
    if (!reply.ok) return reply.failure();
    const begun = new Begun();
    begun.provider = this.provider;
    return Result.redirect(reply.answer.url).keep(begun);
  }

  private finish(): Result {
    const reply = upstreamFinish();
    if (!reply.ok) return reply.failure();
    const back = reply.answer;
    if (!back.ok) return Result.outcome("failed").var("error", back.error);
    const finished = new Finished();
    finished.claims = back.claims;
    finished.acr = back.acr;
    finished.amr = back.amr;
    return Result.outcome("ok").var("upstream", finished);
  }
}

/** Fetch. */
@step("fetch", { outcomes: ["ok", "refused"], writes: { vars: ["*"] }, capabilities: ["http_fetch"], fetches: ["* config/url"] })
export class Fetch extends Step {
  url!: string;
  method: string | null = null;
  body: string | null = null;
  headers: Table<string> | null = null;
  strict: bool = false;

  run(call: Call): Result {
    const request = new HttpRequest();
    request.url = this.url;
    request.method = this.method;
    request.body = this.body;
    request.headers = this.headers;
    const reply = httpFetch(request);
    if (!reply.ok) return this.strict ? reply.failure() : Result.outcome("refused").var("status", <i32>reply.status);
    const body = reply.answer.body;
    const length = String.UTF8.byteLength(body);
    return Result.outcome("ok")
      .var("status", reply.answer.status).var("headers", reply.answer.headers)
      .var("length", length).var("body", length > 1000 ? last(body, 8) : body);
  }
}

/** The last characters of a text. */
function last(text: string, n: i32): string {
  let from = text.length;
  for (; n > 0 && from > 0; n--) {
    from--;
    if ((text.charCodeAt(from) & 0xfc00) == 0xdc00) from--;
  }
  return text.substring(from);
}

/** Send a code. */
@step("otp", { outcomes: ["ok", "failed", "wait"], writes: { vars: ["*"] }, capabilities: ["otp_send", "otp_verify"] })
export class Otp extends Step {
  channel: string = "sms";
  code: string | null = null;

  run(call: Call): Result {
    const code = this.code;
    return code === null ? this.send() : this.verify(code);
  }

  private send(): Result {
    const request = new OtpRequest();
    request.channel = this.channel;
    request.length = new Box<i32>(8);
    request.ttl_seconds = new Box<i32>(120);
    request.text = "Your code is {code}.";
    const reply = otpSend(request);
    return reply.ok ? Result.outcome("ok").var("to", reply.answer.to) : refused(reply);
  }

  private verify(code: string): Result {
    const reply = otpVerify(this.channel, code);
    return reply.ok ? Result.outcome(reply.answer.ok ? "ok" : "failed") : refused(reply);
  }
}

function refused<T>(reply: Reply<T>): Result {
  return reply.status == Status.LimitReached ? Result.outcome("wait").var("retry_after", reply.retryAfter) : reply.failure();
}

/** Find a user. */
@step("user", { outcomes: ["ok", "failed", "unknown"], writes: { vars: ["*"] }, capabilities: ["user_identify", "password_verify", "user_factors"] })
export class User extends Step {
  username!: string;
  password!: string;

  run(call: Call): Result {
    const found = userIdentify(this.username);
    if (found.status == Status.NotFound) return Result.outcome("unknown");
    if (!found.ok) return found.failure();
    const verified = passwordVerify(this.password);
    if (!verified.ok) return verified.failure();
    if (!verified.answer.ok) return Result.outcome("failed");
    const factors = userFactors();
    if (!factors.ok) return factors.failure();
    return Result.outcome("ok").var("subject", found.answer.subject).var("factors", factors.answer);
  }
}

/** Go wrong. */
@step("fail", { outcomes: ["ok"] })
export class Fail extends Step {
  how: string = "document";
  code: string = "";
  message: string = "";

  run(call: Call): Result {
    if (this.how == "abort") throw new Error("on purpose");
    return Result.fail(this.code, this.message);
  }
}

/** Log. */
@step("log", { outcomes: ["ok"], writes: { vars: ["*"] } })
export class Log extends Step {
  text!: string;

  run(call: Call): Result {
    call.debug("debug: " + this.text);
    call.info("info: " + this.text);
    call.warn("warn: " + this.text);
    call.error("error: " + this.text);
    return Result.outcome("ok");
  }
}

/** Be large. */
@step("size", { outcomes: ["ok"], writes: { vars: ["*"] } })
export class Size extends Step {
  text: string = "";
  fill: i32 = 0;

  run(call: Call): Result {
    return Result.outcome("ok").var("bytes", String.UTF8.byteLength(this.text)).var("fill", "x".repeat(this.fill));
  }
}
