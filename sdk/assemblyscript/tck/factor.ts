// The capabilities that no other step calls.
import {
  Call, Nothing, Reply, Result, Step, Verified,
  addressConfirm, addressEnroll, consentCheck, consentGive, passkeyLogin, passkeyLoginOptions, passkeyRegister, passkeyRegisterOptions,
  passwordSet, passwordVerify, recoveryConfirm, recoveryGenerate, recoveryVerify, step, totpConfirm, totpEnroll, totpVerify,
} from "@acrhost/step";

/** Call another capability. */
@step("factor", {
  outcomes: ["ok", "refused"], writes: { vars: ["*"] },
  capabilities: [
    "password_verify", "password_set", "passkey_login_options", "passkey_login", "passkey_register_options", "passkey_register",
    "totp_verify", "totp_enroll", "totp_confirm", "recovery_verify", "recovery_generate", "recovery_confirm",
    "address_enroll", "address_confirm", "consent_check", "consent_give",
  ],
})
export class Factor extends Step {
  call!: string;
  value: string = "";
  channel: string = "sms";
  username: string | null = null;
  name: string | null = null;
  user_verification: string | null = null;

  run(call: Call): Result {
    if (this.call == "password_verify") return verified(passwordVerify(this.value, this.username), ["change", "retry_after"]);
    if (this.call == "passkey_login") return verified(passkeyLogin(this.value), []);
    if (this.call == "passkey_register") return verified(passkeyRegister(this.value, this.name), []);
    if (this.call == "totp_verify") return verified(totpVerify(this.value), ["retry_after"]);
    if (this.call == "totp_confirm") return verified(totpConfirm(this.value, this.name), []);
    if (this.call == "recovery_verify") return verified(recoveryVerify(this.value), ["left", "retry_after"]);
    if (this.call == "address_confirm") return verified(addressConfirm(this.channel, this.value), []);
    if (this.call == "consent_check") return verified(consentCheck(), []);
    if (this.call == "password_set") {
      const chosen = passwordSet(this.value);
      return chosen.ok ? Result.outcome("ok").var("ok", chosen.answer.ok).var("reason", chosen.answer.reason) : refused(chosen);
    }
    if (this.call == "address_enroll") {
      const sent = addressEnroll(this.channel, this.value);
      return sent.ok ? Result.outcome("ok").var("to", sent.answer.to) : refused(sent);
    }
    const begun = this.begin();
    return begun.ok ? Result.outcome("ok") : refused(begun);
  }

  private begin(): Reply<Nothing> {
    if (this.call == "passkey_login_options") return passkeyLoginOptions(this.user_verification);
    if (this.call == "passkey_register_options") return passkeyRegisterOptions(this.user_verification);
    if (this.call == "totp_enroll") return totpEnroll();
    if (this.call == "recovery_generate") return recoveryGenerate();
    if (this.call == "recovery_confirm") return recoveryConfirm();
    return consentGive();
  }
}

function verified(reply: Reply<Verified>, also: string[]): Result {
  if (!reply.ok) return refused(reply);
  const result = Result.outcome("ok").var("ok", reply.answer.ok);
  if (also.includes("change")) result.var("change", reply.answer.change);
  if (also.includes("left")) result.var("left", reply.answer.left);
  if (also.includes("retry_after")) result.var("retry_after", reply.retryAfter);
  return result;
}

function refused<T>(reply: Reply<T>): Result {
  return Result.outcome("refused").var("status", <i32>reply.status);
}
