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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Subject, Time};

    /// A call at noon, by a user who gave a password ten minutes before.
    fn known() -> Context {
        let proof = Evidence { method: "pwd".into(), at: Time::parse("2026-11-23T11:50:00Z").unwrap(), ..Evidence::default() };
        let mut context = Context { amr: vec!["pwd".into(), "sms".into()], evidence: vec![proof], ..Context::default() };
        context.subject = Some(Subject::default());
        context.call.now = Time::parse("2026-11-23T12:00:00Z").unwrap();
        context
    }

    #[test]
    fn all_values_have_to_be_covered() {
        let context = known();
        assert!(context.covered(&["sms"]) && context.covered(&["sms", "pwd"]));
        assert!(!context.covered(&["sms", "hwk"]) && !context.covered(&["SMS"]) && !context.covered(&[]));
    }

    #[test]
    fn proof_has_a_method_an_age_and_a_subject() {
        let minutes = |n: u64| Some(Duration::from_secs(60 * n));
        let mut context = known();
        assert!(context.proved("pwd", None) && context.proved("pwd", minutes(10)));
        assert!(!context.proved("pwd", minutes(9)) && !context.proved("sms", None));
        context.call.now = Time::default(); // a clock that was set back
        assert!(context.proved("pwd", minutes(0)));
        context.subject = None;
        assert!(!context.proved("pwd", None));
    }
}
