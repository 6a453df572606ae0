//! The input document: what the host lets a step know.

use crate::Time;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// One call of a step: all that the journey knows and that the operator lets this step
/// see. The configuration is in the step itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Context {
    /// The host's version of the ABI, such as `1.0`.
    pub abi: String,
    pub call: Call,
    pub journey: Journey,
    pub request: Request,
    pub acr: Acr,
    /// Computed by the host from the evidence (RFC 8176 values).
    pub amr: Vec<String>,
    pub evidence: Vec<Evidence>,
    /// `None` until somebody is identified. Being known is not being authenticated: only
    /// evidence says that.
    pub subject: Option<Subject>,
    pub upstream: BTreeMap<String, Upstream>,
    pub device: Device,
    /// The journey's variables.
    pub vars: Map<String, Value>,
    /// The answers to this step's last prompt; `None` on first entry.
    pub form: Option<BTreeMap<String, String>>,
    /// The button that was used; `None` on first entry.
    pub action: Option<String>,
    /// What this step kept when it prompted, or null.
    pub state: Value,
    pub(crate) config: Option<Box<RawValue>>,
}

/// Which call this is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Call {
    pub id: String,
    /// The step type of the module.
    #[serde(rename = "type")]
    pub kind: String,
    /// The step's name in the journey.
    pub step: String,
    /// Visits of this step in this run, from 1.
    pub attempt: u32,
    pub now: Time,
    /// False: `prompt=none`, no prompt may be shown.
    pub interactive: bool,
}

/// Where in which journey the run is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Journey {
    pub name: String,
    pub run: String,
    pub started_at: Time,
    /// Names of the steps entered so far, this visit not included.
    pub path: Vec<String>,
}

/// What the client asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Request {
    pub client_id: String,
    /// In the order of preference.
    pub acr_values: Vec<String>,
    pub acr_essential: bool,
    pub scope: Vec<String>,
    pub prompt: Vec<String>,
    /// In seconds.
    pub max_age: Option<i64>,
    pub login_hint: Option<String>,
    pub ui_locales: Vec<String>,
    /// What is asked for beside the scope (RFC 9396), each with a `type`.
    pub authorization_details: Vec<Map<String, Value>>,
    /// Claims that are asked for by name, and that no requested scope covers.
    pub claims: Vec<String>,
}

/// The acr as it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Acr {
    /// As asked for until a step sets it, then as set last; `None` when neither.
    pub current: Option<String>,
    /// Whether a step set it.
    pub set: bool,
}

/// One thing that the host verified about the user.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Such as `pwd`, `sms`, `totp`, `passkey`.
    pub method: String,
    pub amr: Vec<String>,
    pub at: Time,
    pub step: String,
    /// False: from an earlier login in this session.
    pub fresh: bool,
}

/// The person that the run is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Subject {
    pub id: String,
    pub username: String,
    pub claims: Map<String, Value>,
}

/// What another identity provider said of the subject.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Upstream {
    pub claims: Map<String, Value>,
    /// What a login there is worth by the operator's word.
    pub acr: Option<String>,
    pub amr: Vec<String>,
}

/// What was seen of the browser: never proof of anything.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Device {
    pub ip: String,
    pub user_agent: String,
}

impl Context {
    /// An answer to this step's last prompt; `None` on first entry, and for a field that
    /// the prompt did not have.
    pub fn answer(&self, field: &str) -> Option<&str> {
        self.form.as_ref()?.get(field).map(String::as_str)
    }

    /// Whether the evidence covers all of these amr values. No values cover nothing.
    pub fn covered(&self, values: &[&str]) -> bool {
        !values.is_empty() && values.iter().all(|v| self.amr.iter().any(|have| have == v))
    }

    /// Whether the subject was verified by this method, no longer ago than `within`.
    pub fn proved(&self, method: &str, within: Option<Duration>) -> bool {
        let counts = |e: &Evidence| e.method == method && within.map_or(true, |limit| self.call.now.since(e.at) <= limit);
        self.subject.is_some() && self.evidence.iter().any(counts)
    }
}
