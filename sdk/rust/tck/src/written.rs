//! The configuration as a type, and all that a result can hold.

use acrhost_step::serde_json::{json, Value};
use acrhost_step::{config, About, Answer, Context, Result, Step, Writes};
use std::collections::BTreeMap;

/// A member of every kind.
#[config]
pub struct Config {
    /// A required text.
    text: String,
    #[config(default = "plain")]
    word: String,
    #[config(default = Level::Low)]
    choice: Level,
    #[config(default = 6)]
    count: i64,
    #[config(default = 0.5)]
    ratio: f64,
    #[config(default = true)]
    flag: bool,
    limit: Option<i64>,
    #[config(default)]
    names: Vec<String>,
    #[config(default)]
    table: BTreeMap<String, String>,
    #[config(default)]
    options: Vec<Choice>,
    #[config(default)]
    any: Value,
}

#[config]
pub enum Level {
    Low,
    High,
}

#[config]
pub struct Choice {
    value: String,
    #[config(default)]
    label: String,
}

const ANY_VARS: Writes = Writes { vars: &["*"], ..Writes::NONE };

impl Step for Config {
    const ABOUT: About = About { name: "config", outcomes: &["ok"], writes: ANY_VARS, ..About::NONE };

    fn run(self, _: &Context) -> Result {
        Ok(Answer::outcome("ok").var("config", json!(self)))
    }
}

/// What the result holds.
#[config]
pub struct Outcome {
    #[config(default = "ok")]
    outcome: String,
    acr: Option<Value>,
    #[config(default)]
    vars: BTreeMap<String, Value>,
    #[config(default)]
    claims: BTreeMap<String, Value>,
    #[config(default)]
    amr: Vec<String>,
    #[config(default)]
    evidence: Vec<Asserted>,
    subject: Option<String>,
}

#[config]
pub struct Asserted {
    method: String,
    #[config(default)]
    amr: Vec<String>,
}

impl Step for Outcome {
    const ABOUT: About = About {
        name: "outcome",
        outcomes: &["ok", "other"],
        writes: Writes {
            acr: &["*"], amr: &["face", "hwk"], claims: &["department"], evidence: &["face"], subject: true, ..ANY_VARS
        },
        ..About::NONE
    };

    fn run(self, _: &Context) -> Result {
        let mut answer = Answer::outcome(self.outcome);
        if let Some(acr) = self.acr {
            answer = answer.acr(acr);
        }
        if let Some(id) = self.subject {
            answer = answer.subject(id);
        }
        answer = self.vars.into_iter().fold(answer, |a, (name, value)| a.var(name, value));
        answer = self.claims.into_iter().fold(answer, |a, (name, value)| a.claim(name, value));
        answer = self.amr.into_iter().fold(answer, Answer::amr);
        Ok(self.evidence.into_iter().fold(answer, |a, e| {
            let amr: Vec<&str> = e.amr.iter().map(String::as_str).collect();
            a.evidence(e.method, &amr)
        }))
    }
}
