// The capabilities of ABI 1.0, a function each: sdk/ABI.md has the table with what they
// do. A module imports, and so asks the operator for, those that it calls and no other.
import { Result } from "./call";
import { data } from "./decorators";
import { Subject } from "./document";
import { result } from "./host";
import { Box, Fault, Json, Kind, Table, read } from "./json";
import { Writer } from "./writer";
import * as imports from "./imports";

export enum Status { Ok, Denied, BadRequest, NotFound, UpstreamFault, LimitReached }

/** What a capability answered. */
export class Reply<T> {
  constructor(readonly capability: string, readonly status: Status, readonly answer: T, readonly retryAfter: i64, private readonly fault: string) {}

  /** Whether it did what it was asked, so that the answer counts. */
  get ok(): bool { return this.status == Status.Ok; }

  /** The step error for a status other than ok: its code is the status, as in upstream_fault. */
  failure(): Result {
    const word = Reply.word(this.status);
    return Result.fail(word.replaceAll(" ", "_"), `${this.capability}: ${this.fault == "" ? word : this.fault}`);
  }

  private static word(status: Status): string {
    switch (status) {
      case Status.Denied: return "denied";
      case Status.BadRequest: return "bad request";
      case Status.NotFound: return "not found";
      case Status.UpstreamFault: return "upstream fault";
      case Status.LimitReached: return "limit reached";
    }
    return "unknown status";
  }
}

function invoke<Q, A>(capability: string, request: Q, linked: (ptr: usize, len: i32) => i32): Reply<A> {
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

@data
export class Nothing {}

@data
export class Verified {
  ok: bool;
  change: bool = false; // of a right password: it has to be changed first
  left: i32 = 0; // of recovery_verify: codes that were not used yet
}

@data({ sparse: true })
export class HttpRequest {
  method: string | null = null; // null: GET
  url: string = "";
  headers: Table<string> | null = null;
  body: string | null = null;
}

@data
export class HttpResponse {
  status: i32 = 0;
  headers: Table<string> = new Table<string>(); // names in lower case
  body: string = "";
}

/** http_fetch: one HTTP request to an origin that the operator granted. */
export function httpFetch(request: HttpRequest): Reply<HttpResponse> {
  return invoke<HttpRequest, HttpResponse>("http_fetch", request, (p, n) => imports.http_fetch(p, n));
}

@data
export class UserIdentified {
  subject: Subject = new Subject();
}

/** user_identify: makes the user of this name the subject, which is no evidence. */
export function userIdentify(username: string): Reply<UserIdentified> {
  return invoke<Json, UserIdentified>("user_identify", Json.object().set("username", username), (p, n) => imports.user_identify(p, n));
}

/** password_verify: of the subject, or of a user by name. */
export function passwordVerify(password: string, username: string | null = null): Reply<Verified> {
  return invoke<Json, Verified>("password_verify", sparse("username", username).set("password", password), (p, n) => imports.password_verify(p, n));
}

@data
export class PasswordChosen {
  ok: bool;
  reason: string = "";
}

/** password_set: gives the subject another password. */
export function passwordSet(password: string): Reply<PasswordChosen> {
  return invoke<Json, PasswordChosen>("password_set", Json.object().set("password", password), (p, n) => imports.password_set(p, n));
}

@data({ sparse: true })
export class OtpRequest {
  channel: string = "sms"; // or email
  length: Box<i32> | null = null;
  ttl_seconds: Box<i32> | null = null;
  text: string | null = null;
}

@data
export class Sent {
  to: string = ""; // masked
}

/** otp_send: sends the subject a code. */
export function otpSend(request: OtpRequest): Reply<Sent> {
  return invoke<OtpRequest, Sent>("otp_send", request, (p, n) => imports.otp_send(p, n));
}

/** otp_verify: checks the code that this run sent last. */
export function otpVerify(channel: string, code: string): Reply<Verified> {
  return invoke<Json, Verified>("otp_verify", Json.object().set("channel", channel).set("code", code), (p, n) => imports.otp_verify(p, n));
}

@data
export class UserFactors {
  password: bool = false;
  passkeys: i32 = 0;
  totp: i32 = 0;
  recovery_codes: i32 = 0;
  phone: bool = false;
  email: bool = false;
}

/** user_factors: what the subject can be verified by. */
export function userFactors(): Reply<UserFactors> {
  return invoke<Json, UserFactors>("user_factors", Json.object(), (p, n) => imports.user_factors(p, n));
}

/** passkey_login_options: begins a WebAuthn authentication. */
export function passkeyLoginOptions(userVerification: string | null = null): Reply<Nothing> {
  return invoke<Json, Nothing>("passkey_login_options", sparse("user_verification", userVerification), (p, n) => imports.passkey_login_options(p, n));
}

/** passkey_login: checks what the page's field came back with. */
export function passkeyLogin(response: string): Reply<Verified> {
  return invoke<Json, Verified>("passkey_login", Json.object().set("response", response), (p, n) => imports.passkey_login(p, n));
}

/** passkey_register_options: begins the registration of a passkey. */
export function passkeyRegisterOptions(userVerification: string | null = null): Reply<Nothing> {
  return invoke<Json, Nothing>("passkey_register_options", sparse("user_verification", userVerification), (p, n) => imports.passkey_register_options(p, n));
}

/** passkey_register: adds the passkey that the page's field came back with. */
export function passkeyRegister(response: string, name: string | null = null): Reply<Verified> {
  return invoke<Json, Verified>("passkey_register", sparse("name", name).set("response", response), (p, n) => imports.passkey_register(p, n));
}

/** totp_verify: checks a code of the subject's authenticator app. */
export function totpVerify(code: string): Reply<Verified> {
  return invoke<Json, Verified>("totp_verify", Json.object().set("code", code), (p, n) => imports.totp_verify(p, n));
}

/** totp_enroll: makes a secret for a new app. */
export function totpEnroll(): Reply<Nothing> {
  return invoke<Json, Nothing>("totp_enroll", Json.object(), (p, n) => imports.totp_enroll(p, n));
}

/** totp_confirm: the new app counts once a code of it is right. */
export function totpConfirm(code: string, name: string | null = null): Reply<Verified> {
  return invoke<Json, Verified>("totp_confirm", sparse("name", name).set("code", code), (p, n) => imports.totp_confirm(p, n));
}

/** recovery_verify: spends one of the subject's recovery codes. */
export function recoveryVerify(code: string): Reply<Verified> {
  return invoke<Json, Verified>("recovery_verify", Json.object().set("code", code), (p, n) => imports.recovery_verify(p, n));
}

/** recovery_generate: makes ten new recovery codes. */
export function recoveryGenerate(): Reply<Nothing> {
  return invoke<Json, Nothing>("recovery_generate", Json.object(), (p, n) => imports.recovery_generate(p, n));
}

/** recovery_confirm: the new codes replace those before. */
export function recoveryConfirm(): Reply<Nothing> {
  return invoke<Json, Nothing>("recovery_confirm", Json.object(), (p, n) => imports.recovery_confirm(p, n));
}

/** address_enroll: sends a code to an address that the subject wants to add. */
export function addressEnroll(channel: string, address: string): Reply<Sent> {
  return invoke<Json, Sent>("address_enroll", Json.object().set("channel", channel).set("address", address), (p, n) => imports.address_enroll(p, n));
}

/** address_confirm: checks that code. */
export function addressConfirm(channel: string, code: string): Reply<Verified> {
  return invoke<Json, Verified>("address_confirm", Json.object().set("channel", channel).set("code", code), (p, n) => imports.address_confirm(p, n));
}

/** consent_check: whether the user need not be asked, because they allowed all of it before. */
export function consentCheck(): Reply<Verified> {
  return invoke<Json, Verified>("consent_check", Json.object(), (p, n) => imports.consent_check(p, n));
}

/** consent_give: the user allowed the client what it asks for. */
export function consentGive(): Reply<Nothing> {
  return invoke<Json, Nothing>("consent_give", Json.object(), (p, n) => imports.consent_give(p, n));
}

@data({ sparse: true })
export class UpstreamRequest {
  provider: string = "";
  acr_values: string[] = [];
  prompt: string | null = null;
  max_age: Box<i64> | null = null;
  login_hint: string | null = null;
}

@data
export class UpstreamBegun {
  url: string = ""; // to which the step may redirect
}

/** upstream_begin: begins a login at another OpenID Provider. */
export function upstreamBegin(request: UpstreamRequest): Reply<UpstreamBegun> {
  return invoke<UpstreamRequest, UpstreamBegun>("upstream_begin", request, (p, n) => imports.upstream_begin(p, n));
}

@data
export class UpstreamFinished {
  ok: bool;
  error: string = "";
  claims: Table<Json> = new Table<Json>();
  acr: string | null = null;
  amr: string[] = [];
}

/** upstream_finish: checks what the browser brought back. */
export function upstreamFinish(): Reply<UpstreamFinished> {
  return invoke<Json, UpstreamFinished>("upstream_finish", Json.object(), (p, n) => imports.upstream_finish(p, n));
}

/** An object with a member, if it has a value. */
function sparse(name: string, value: string | null): Json {
  return value === null ? Json.object() : Json.object().set(name, value);
}
