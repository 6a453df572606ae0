// The input document, and the parts of the output document that have a type: sdk/ABI.md
// says what the members mean.
import { data } from "./decorators";
import { Box, Fault, Json, Kind, Table } from "./json";

/** A moment. */
export class Time {
  unixMs: i64 = 0;

  __read(v: Json, strict: bool): void {
    const text = v.raw;
    // RFC 3339 in UTC, as the host writes it: 2026-11-23T07:00:00.123Z. Date reads no
    // more than three digits of a fraction.
    if (v.kind != Kind.Text || text.length < 20 || !text.endsWith("Z")) return Fault.say("is not a time");
    this.unixMs = Date.parse(text.substring(0, 19) + "Z").getTime();
    if (text.length > 20) this.unixMs += <i64>I32.parseInt(text.substring(20, text.length - 1).padEnd(3, "0").substring(0, 3));
  }

  __json(): Json { return Json.of(this.unixMs); }
}

@data
export class CallInfo {
  id: string = "";
  type: string = "";
  step: string = "";
  attempt: i32 = 1;
  now: Time = new Time();
  interactive: bool = true;
}

@data
export class Journey {
  name: string = "";
  run: string = "";
  started_at: Time = new Time();
  path: string[] = [];
}

@data
export class Request {
  client_id: string = "";
  acr_values: string[] = [];
  acr_essential: bool = false;
  scope: string[] = [];
  prompt: string[] = [];
  max_age: Box<i64> | null = null; // seconds
  login_hint: string | null = null;
  ui_locales: string[] = [];
  authorization_details: Table<Json>[] = []; // RFC 9396: beside the scope, each with a type
}

@data
export class Acr {
  current: string | null = null;
  set: bool = false;
}

@data
export class Evidence {
  method: string = "";
  amr: string[] = [];
  at: Time = new Time();
  step: string = "";
  fresh: bool = false;
}

@data
export class Subject {
  id: string = "";
  username: string = "";
  claims: Table<Json> = new Table<Json>();
}

@data
export class Upstream {
  claims: Table<Json> = new Table<Json>();
  acr: string | null = null;
  amr: string[] = [];
}

@data
export class Device {
  ip: string = "";
  user_agent: string = "";
}

/** What the host tells a step. Members that it doesn't know are skipped. */
@data
export class Input {
  abi: string = "1.0";
  call: CallInfo = new CallInfo();
  journey: Journey = new Journey();
  config: Json = Json.object(); // the step's own members hold it, typed
  request: Request = new Request();
  acr: Acr = new Acr();
  amr: string[] = [];
  evidence: Evidence[] = [];
  subject: Subject | null = null;
  upstream: Table<Upstream> = new Table<Upstream>();
  device: Device = new Device();
  vars: Table<Json> = new Table<Json>();
  form: Table<string> | null = null; // answers to this step's last prompt; null on first entry
  action: string | null = null;
  state: Json = Json.null; // what this step kept when it prompted
}

/** A page as data. The host renders it, and every text is text. */
@data({ sparse: true })
export class Prompt {
  title: string | null = null;
  text: string | null = null;
  error: string | null = null; // what was wrong with the last answer
  fields: Field[] = [];
  actions: Action[] = []; // none: one button, named submit
}

/** An input of a prompt. Its type is one of text, username, password, new_password, otp, email, tel, select, radio, checkbox, hidden, info, passkey_get, passkey_create, totp_create and recovery_codes. */
@data({ sparse: true })
export class Field {
  name: string = "";
  type: string = "text";
  label: string | null = null;
  hint: string | null = null;
  error: string | null = null;
  value: string | null = null;
  required: bool = false;
  read_only: bool = false;
  options: Option[] = [];
}

@data({ sparse: true })
export class Option {
  value: string = "";
  label: string | null = null;
}

/** A button. */
@data({ sparse: true })
export class Action {
  name: string = "";
  label: string | null = null;
}

/** Evidence that a plugin claims by itself; it counts only where the operator granted it. */
@data({ sparse: true })
export class Asserted {
  method: string = "";
  amr: string[] | null = null;
}
