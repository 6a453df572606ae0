//! What the host is asked for.

use acrhost_step::capability::{self, CallError, Factors, Fetch, OtpSend, Status, UpstreamBegin};
use acrhost_step::serde_json::{json, Value};
use acrhost_step::{config, About, Answer, Context, Result, Step, Writes};
use std::collections::BTreeMap;

const ANY_VARS: Writes = Writes { vars: &["*"], ..Writes::NONE };

/// A login elsewhere.
#[config]
pub struct Redirect {
    #[config(default = "acme")]
    provider: String,
    prompt: Option<String>,
    max_age: Option<i64>,
    login_hint: Option<String>,
}

impl Step for Redirect {
    const ABOUT: About = About {
        name: "redirect",
        outcomes: &["ok", "failed"],
        writes: ANY_VARS,
        capabilities: &["upstream_begin", "upstream_finish"],
        ..About::NONE
    };

    fn run(self, context: &Context) -> Result {
        if context.state.is_null() {
            let acr_values = context.request.acr_values.clone();
            let Redirect { provider, prompt, max_age, login_hint } = self;
            let begun = capability::upstream_begin(&UpstreamBegin { provider: provider.clone(), acr_values, prompt, max_age, login_hint })?;
            return Ok(Answer::redirect(begun.url).state(json!({"provider": provider})));
        }
        let login = capability::upstream_finish()?;
        Ok(if login.ok {
            Answer::outcome("ok").var("upstream", json!({"claims": login.claims, "acr": login.acr, "amr": login.amr}))
        } else {
            Answer::outcome("failed").var("error", login.error)
        })
    }
}

/// One HTTP request.
#[config]
pub struct Fetched {
    url: String,
    #[config(default)]
    method: String,
    #[config(default)]
    body: String,
    #[config(default)]
    headers: BTreeMap<String, String>,
    #[config(default)]
    strict: bool,
}

impl Step for Fetched {
    const ABOUT: About = About {
        name: "fetch",
        outcomes: &["ok", "refused"],
        writes: ANY_VARS,
        capabilities: &["http_fetch"],
        fetches: &["* config/url"],
        ..About::NONE
    };

    fn run(self, _: &Context) -> Result {
        let request = Fetch { method: self.method, url: self.url, headers: self.headers, body: self.body };
        let answer = match capability::http_fetch(&request) {
            Err(fault) if !self.strict => return Ok(Answer::outcome("refused").var("status", fault.status as u8)),
            answer => answer?,
        };
        Ok(Answer::outcome("ok")
            .var("status", answer.status)
            .var("headers", json!(answer.headers))
            .var("length", answer.body.len())
            .var("body", shortened(&answer.body)))
    }
}

/// A body, or the last 8 characters of a long one.
fn shortened(body: &str) -> &str {
    if body.len() <= 1000 {
        return body;
    }
    body.char_indices().rev().nth(7).map_or(body, |(at, _)| &body[at..])
}

/// A code by SMS.
#[config]
pub struct Otp {
    #[config(default = "sms")]
    channel: String,
    code: Option<String>,
}

impl Step for Otp {
    const ABOUT: About = About {
        name: "otp",
        outcomes: &["ok", "failed", "wait"],
        writes: ANY_VARS,
        capabilities: &["otp_send", "otp_verify"],
        ..About::NONE
    };

    fn run(self, _: &Context) -> Result {
        let decided = match &self.code {
            None => self.send(),
            Some(code) => self.verify(code),
        };
        match decided {
            Err(fault) if fault.status == Status::LimitReached => {
                Ok(Answer::outcome("wait").var("retry_after", fault.retry_after.unwrap_or(0)))
            }
            decided => Ok(decided?),
        }
    }
}

impl Otp {
    fn send(&self) -> capability::Result<Answer> {
        let sent = capability::otp_send(&OtpSend {
            channel: self.channel.clone(),
            length: Some(8),
            ttl_seconds: Some(120),
            text: Some("Your code is {code}.".into()),
        })?;
        Ok(Answer::outcome("ok").var("to", sent.to))
    }

    fn verify(&self, code: &str) -> capability::Result<Answer> {
        let verified = capability::otp_verify(&self.channel, code)?;
        Ok(Answer::outcome(if verified.ok { "ok" } else { "failed" }))
    }
}

/// A user, by name and password.
#[config]
pub struct User {
    username: String,
    password: String,
}

impl Step for User {
    const ABOUT: About = About {
        name: "user",
        outcomes: &["ok", "failed", "unknown"],
        writes: ANY_VARS,
        capabilities: &["user_identify", "password_verify", "user_factors"],
        ..About::NONE
    };

    fn run(self, _: &Context) -> Result {
        let subject = match capability::user_identify(&self.username) {
            Err(CallError { status: Status::NotFound, .. }) => return Ok(Answer::outcome("unknown")),
            identified => identified?.subject,
        };
        if !capability::password_verify(None, &self.password)?.ok {
            return Ok(Answer::outcome("failed"));
        }
        Ok(Answer::outcome("ok")
            .var("subject", json!({"id": subject.id, "username": subject.username, "claims": subject.claims}))
            .var("factors", factors(&capability::user_factors()?)))
    }
}

fn factors(f: &Factors) -> Value {
    json!({
        "password": f.password, "passkeys": f.passkeys, "totp": f.totp,
        "recovery_codes": f.recovery_codes, "phone": f.phone, "email": f.email,
    })
}
