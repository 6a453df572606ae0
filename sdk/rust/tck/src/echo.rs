//! What was read.

use acrhost_step::serde_json::{json, Value};
use acrhost_step::{config, About, Answer, Context, Evidence, Result, Step, Upstream, Writes};

/// No configuration.
#[config]
pub struct Echo {}

impl Step for Echo {
    const ABOUT: About = About {
        name: "echo",
        outcomes: &["ok"],
        reads: &["subject.claims", "upstream", "device", "vars"],
        writes: Writes { vars: &["*"], ..Writes::NONE },
        ..About::NONE
    };

    fn run(self, c: &Context) -> Result {
        let subject = c.subject.as_ref().map(|s| json!({"id": s.id, "username": s.username, "claims": s.claims}));
        let upstream: Value = c.upstream.iter().map(|(name, u)| (name.clone(), login(u))).collect();
        Ok(Answer::outcome("ok")
            .var("abi", c.abi.clone())
            .var("call", call(c))
            .var("journey", journey(c))
            .var("request", request(c))
            .var("acr", json!({"current": c.acr.current, "set": c.acr.set}))
            .var("amr", c.amr.clone())
            .var("evidence", c.evidence.iter().map(evidence).collect::<Vec<_>>())
            .var("subject", subject)
            .var("upstream", upstream)
            .var("device", json!({"ip": c.device.ip, "user_agent": c.device.user_agent}))
            .var("vars", c.vars.clone())
            .var("form", json!(c.form))
            .var("action", c.action.clone())
            .var("state", c.state.clone()))
    }
}

fn call(c: &Context) -> Value {
    let call = &c.call;
    json!({
        "id": call.id, "type": call.kind, "step": call.step, "attempt": call.attempt,
        "now": call.now.unix_millis(), "interactive": call.interactive,
    })
}

fn journey(c: &Context) -> Value {
    let j = &c.journey;
    json!({"name": j.name, "run": j.run, "started_at": j.started_at.unix_millis(), "path": j.path})
}

fn request(c: &Context) -> Value {
    let r = &c.request;
    json!({
        "client_id": r.client_id, "acr_values": r.acr_values, "acr_essential": r.acr_essential, "scope": r.scope,
        "prompt": r.prompt, "max_age": r.max_age, "login_hint": r.login_hint, "ui_locales": r.ui_locales,
        "authorization_details": r.authorization_details,
    })
}

fn evidence(e: &Evidence) -> Value {
    json!({"method": e.method, "amr": e.amr, "at": e.at.unix_millis(), "step": e.step, "fresh": e.fresh})
}

fn login(u: &Upstream) -> Value {
    json!({"claims": u.claims, "acr": u.acr, "amr": u.amr})
}
