// How a capability is asked. The functions themselves are generated.
import { Result } from "./call";
import { Status, statusWord } from "./generated";
import { result } from "./host";
import { Fault, Json, Kind, read } from "./json";
import { Writer } from "./writer";

/** What a capability answered. */
export class Reply<T> {
  constructor(readonly capability: string, readonly status: Status, readonly answer: T, readonly retryAfter: i64, private readonly fault: string) {}

  /** Whether it did what it was asked, so that the answer counts. */
  get ok(): bool { return this.status == Status.Ok; }

  /** The step error for a status other than ok: its code is the status, as in upstream_fault. */
  failure(): Result {
    const word = statusWord(this.status);
    return Result.fail(word.replaceAll(" ", "_"), `${this.capability}: ${this.fault == "" ? word : this.fault}`);
  }
}

/** Asks a capability. */
export function invoke<Q, A>(capability: string, request: Q, linked: (ptr: usize, len: i32) => i32): Reply<A> {
  const w = new Writer().json(Json.of(request));
  let status: Status = linked(w.start, w.length);
  const said = result();
  const retryAfter = said.kind == Kind.Object ? seconds(said.get("retry_after")) : 0;
  if (status != Status.Ok) {
    Fault.take("");
    return new Reply<A>(capability, status, instantiate<A>(), retryAfter, "");
  }
  const answer = read<A>(said, false);
  const fault = Fault.take("the answer");
  if (fault != "") status = Status.UpstreamFault;
  return new Reply<A>(capability, status, answer, retryAfter, fault);
}

function seconds(v: Json): i64 {
  return v.kind == Kind.Number ? <i64>v.number : 0;
}

/** An object with one member more, if there is a value for it. */
export function given(into: Json, name: string, value: string | null): Json {
  return value === null ? into : into.set(name, value);
}
