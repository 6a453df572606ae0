//! What is asked of the input most often.

use crate::{Context, Evidence};
use std::time::Duration;

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
