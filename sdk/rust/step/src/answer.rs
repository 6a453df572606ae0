//! How an answer is made. Its types are generated, and how most of its members are set.

use crate::call::CallError;
use crate::document::{Asserted, Redirect};
use crate::{Action, Answer, Fault, Field, FieldType, Prompt};

impl Answer {
    /// Ends the step with one of the outcomes that its type declares.
    pub fn outcome(name: impl Into<String>) -> Answer {
        Answer { outcome: name.into(), ..Answer::default() }
    }

    /// Shows a page. The step runs again with the answers in the context's `form`.
    pub fn prompt(page: Prompt) -> Answer {
        Answer { prompt: Some(page), ..Answer::default() }
    }

    /// Sends the browser away, to a URL that a capability of this call gave.
    pub fn redirect(url: impl Into<String>) -> Answer {
        Answer { redirect: Some(Redirect { url: url.into() }), ..Answer::default() }
    }

    /// Claims evidence by itself, inside the operator's grant only.
    pub fn evidence(mut self, method: impl Into<String>, amr: &[&str]) -> Answer {
        let amr = amr.iter().map(|&value| value.to_owned()).collect();
        self.evidence.push(Asserted { method: method.into(), amr });
        self
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Answer {
        Answer { error: Some(fault), ..Answer::default() }
    }
}

impl Fault {
    /// A step error with this code, 1 to 128 bytes.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault { code: code.into(), message: message.into() }
    }
}

/// The code is the status, as in `upstream_fault`.
impl From<CallError> for Fault {
    fn from(e: CallError) -> Fault {
        Fault::new(e.status.as_str().replace(' ', "_"), e.to_string())
    }
}

impl Prompt {
    /// A page with this title.
    pub fn new(title: impl Into<String>) -> Prompt {
        Prompt { title: title.into(), ..Prompt::default() }
    }

    /// Adds a field.
    pub fn field(mut self, field: Field) -> Prompt {
        self.fields.push(field);
        self
    }

    /// Adds a button. The name of the one that was used is the context's `action`.
    pub fn action(mut self, name: impl Into<String>, label: impl Into<String>) -> Prompt {
        self.actions.push(Action { name: name.into(), label: label.into() });
        self
    }
}

impl Field {
    /// A field that the user may leave empty.
    pub fn new(kind: FieldType, name: impl Into<String>, label: impl Into<String>) -> Field {
        Field { kind, name: name.into(), label: label.into(), ..Field::default() }
    }

    /// The same, but the first action demands an answer.
    pub fn required(mut self) -> Field {
        self.required = true;
        self
    }
}
