//! The capabilities that no other step calls.

use acrhost_step::capability::{self, CallError, Verified};
use acrhost_step::serde_json::{json, Map, Value};
use acrhost_step::{config, About, Answer, Context, Result, Step, Writes};

/// One capability.
#[config]
pub struct Factor {
    call: String,
    #[config(default)]
    value: String,
    #[config(default = "sms")]
    channel: String,
    username: Option<String>,
    name: Option<String>,
    user_verification: Option<String>,
}

impl Step for Factor {
    const ABOUT: About = About {
        name: "factor",
        outcomes: &["ok", "refused"],
        writes: Writes { vars: &["*"], ..Writes::NONE },
        capabilities: &[
            "password_verify", "password_set", "passkey_login_options", "passkey_login", "passkey_register_options", "passkey_register",
            "totp_verify", "totp_enroll", "totp_confirm", "recovery_verify", "recovery_generate", "recovery_confirm",
            "address_enroll", "address_confirm", "consent_check", "consent_give",
        ],
        ..About::NONE
    };

    fn run(self, _: &Context) -> Result {
        Ok(match self.call() {
            Ok(told) => told.into_iter().fold(Answer::outcome("ok"), |answer, (name, value)| answer.var(name, value)),
            Err(fault) => Answer::outcome("refused").var("status", fault.status as u8),
        })
    }
}

impl Factor {
    fn call(&self) -> std::result::Result<Map<String, Value>, CallError> {
        let (value, channel, name) = (self.value.as_str(), self.channel.as_str(), self.name.as_deref());
        Ok(match self.call.as_str() {
            "password_verify" => told(&capability::password_verify(self.username.as_deref(), value)?, &["change", "retry_after"]),
            "password_set" => {
                let chosen = capability::password_set(value)?;
                members(json!({"ok": chosen.ok, "reason": chosen.reason}))
            }
            "passkey_login" => told(&capability::passkey_login(value)?, &[]),
            "passkey_register" => told(&capability::passkey_register(value, name)?, &[]),
            "totp_verify" => told(&capability::totp_verify(value)?, &["retry_after"]),
            "totp_confirm" => told(&capability::totp_confirm(value, name)?, &[]),
            "recovery_verify" => told(&capability::recovery_verify(value)?, &["left", "retry_after"]),
            "address_enroll" => members(json!({"to": capability::address_enroll(channel, value)?.to})),
            "address_confirm" => told(&capability::address_confirm(channel, value)?, &[]),
            "consent_check" => told(&capability::consent_check()?, &[]),
            _ => self.begin().map(|_| Map::new())?,
        })
    }

    /// A capability that has nothing to say.
    fn begin(&self) -> capability::Result<capability::Nothing> {
        match self.call.as_str() {
            "passkey_login_options" => capability::passkey_login_options(self.user_verification.as_deref()),
            "passkey_register_options" => capability::passkey_register_options(self.user_verification.as_deref()),
            "totp_enroll" => capability::totp_enroll(),
            "recovery_generate" => capability::recovery_generate(),
            "recovery_confirm" => capability::recovery_confirm(),
            _ => capability::consent_give(),
        }
    }
}

/// Whether something is right, and what else the capability says of it.
fn told(v: &Verified, also: &[&str]) -> Map<String, Value> {
    let mut all = members(json!({"ok": v.ok, "change": v.change, "left": v.left, "retry_after": v.retry_after}));
    all.retain(|name, _| name == "ok" || also.contains(&name.as_str()));
    all
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
