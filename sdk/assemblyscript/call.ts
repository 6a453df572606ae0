// One call of a step.
import { Action, Asserted, Field, Input, Option, Prompt } from "./generated";
import { Fault, Json, Kind, write } from "./json";
import { log, Level } from "./host";

/** A step: a class whose members are the configuration, filled in before run is called. run is called on entry, and again for each answer to a prompt, every time on a new value. */
export abstract class Step {
  abstract run(call: Call): Result;
}

/** What the host says. */
export class Call {
  constructor(readonly input: Input) {}

  /** Whether the user has answered this step's prompt. */
  get answered(): bool { return this.input.form !== null; }

  /** What the user typed into a field of the last prompt, "" where there is none. */
  field(name: string): string {
    const form = this.input.form;
    return form === null ? "" : form.get(name, "");
  }

  /** What this step kept when it prompted, as a type: a class with @data. */
  state<T>(): T { return this.input.state.as<T>(); }

  /** Write a line to the host's log. Never a secret: the log is kept. */
  debug(line: string): void { log(Level.Debug, line); }
  info(line: string): void { log(Level.Info, line); }
  warn(line: string): void { log(Level.Warn, line); }
  error(line: string): void { log(Level.Error, line); }
}

/** What a step answers. */
export class Result {
  readonly document: Json = Json.object();

  /** Ends the step with one of the outcomes that its type declares. */
  static outcome(name: string): Result { return new Result().with("outcome", name); }

  /** Shows a page. The step runs again with the answers. */
  static ask(prompt: Prompt): Result { return new Result().with("prompt", prompt); }

  /** Sends the browser away, to a URL that a capability of this call gave. */
  static redirect(url: string): Result { return new Result().with("redirect", Json.object().set("url", url)); }

  /** A step error: the journey goes to the step's on_error, or ends. A wrong password is none: it is an outcome. The message is for the operator. */
  static fail(code: string, message: string): Result {
    return new Result().with("error", Json.object().set("code", code).set("message", message));
  }

  /** Sets the acr: a string, or what becomes a JSON object. */
  acr<T>(value: T): Result { return this.with("acr", value); }

  /** Sets one of the journey's variables. */
  var<T>(name: string, value: T): Result { return this.entry("vars", name, value); }

  /** Sets a claim of the subject, inside the grant. */
  claim<T>(name: string, value: T): Result { return this.entry("claims", name, value); }

  /** Says how the user was authenticated, inside the grant. */
  amr(values: string[]): Result { return this.with("amr", values); }

  /** Claims evidence, inside the grant. */
  evidence(all: Asserted[]): Result { return this.with("evidence", all); }

  /** Says who the user is, inside the grant. */
  subject(id: string): Result { return this.with("subject", Json.object().set("id", id)); }

  /** Keeps something for the time when this step's prompt or redirect is answered; Call.state gives it back. The user never sees it. */
  keep<T>(value: T): Result { return this.with("state", value); }

  private with<T>(name: string, value: T): Result {
    this.document.set(name, value);
    return this;
  }

  private entry<T>(member: string, name: string, value: T): Result {
    if (this.document.get(member).isNull) this.document.set(member, Json.object());
    this.document.get(member).set(name, value);
    return this;
  }
}

/** A prompt with this title. */
export function page(title: string): Prompt {
  const p = new Prompt();
  p.title = title;
  return p;
}

/** A field that has to be filled in. */
export function required(name: string, type: string, label: string): Field {
  const f = optional(name, type, label);
  f.required = true;
  return f;
}

/** A field that may stay empty. */
export function optional(name: string, type: string, label: string): Field {
  const f = new Field();
  f.name = name;
  f.type = type;
  f.label = label;
  return f;
}

/** A button. */
export function button(name: string, label: string): Action {
  const a = new Action();
  a.name = name;
  a.label = label;
  return a;
}

/** A choice of a field of the type select or radio. */
export function option(value: string, label: string): Option {
  const o = new Option();
  o.value = value;
  o.label = label;
  return o;
}
