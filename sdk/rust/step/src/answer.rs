//! The output document: what a step answers with.

use crate::capability::CallError;
use serde::Serialize;
use serde_json::{Map, Value};

/// What a step answers: an outcome, a prompt or a redirect, and what goes with it.
#[derive(Debug, Default, Serialize)]
pub struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prompt: Option<Prompt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redirect: Option<Redirect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    vars: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    claims: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Asserted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<SubjectRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Value>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Redirect {
    url: String,
}

#[derive(Debug, Serialize)]
struct Asserted {
    method: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
}

#[derive(Debug, Serialize)]
struct SubjectRef {
    id: String,
}

impl Answer {
    /// Ends the step with one of the outcomes that its type declares.
    pub fn outcome(name: impl Into<String>) -> Answer {
        Answer { outcome: Some(name.into()), ..Answer::default() }
    }

    /// Shows a page. The step runs again with the answers in the context's `form`.
    pub fn prompt(page: Prompt) -> Answer {
        Answer { prompt: Some(page), ..Answer::default() }
    }

    /// Sends the browser away, to a URL that a capability of this call gave.
    pub fn redirect(url: impl Into<String>) -> Answer {
        Answer { redirect: Some(Redirect { url: url.into() }), ..Answer::default() }
    }

    /// Sets the acr: a text, or an object.
    pub fn acr(mut self, value: impl Into<Value>) -> Answer {
        self.acr = Some(value.into());
        self
    }

    /// Sets one of the journey's variables.
    pub fn var(mut self, name: impl Into<String>, value: impl Into<Value>) -> Answer {
        self.vars.insert(name.into(), value.into());
        self
    }

    /// Keeps something until this step's prompt or redirect is answered. The user never
    /// sees it.
    pub fn state(mut self, value: impl Into<Value>) -> Answer {
        self.state = Some(value.into());
        self
    }

    /// Sets a claim of the subject, inside the operator's grant only.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Answer {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Adds an amr value, inside the operator's grant only.
    pub fn amr(mut self, value: impl Into<String>) -> Answer {
        self.amr.push(value.into());
        self
    }

    /// Claims evidence by itself, inside the operator's grant only.
    pub fn evidence(mut self, method: impl Into<String>, amr: &[&str]) -> Answer {
        let amr = amr.iter().map(|&value| value.to_owned()).collect();
        self.evidence.push(Asserted { method: method.into(), amr });
        self
    }

    /// Makes a user the subject, inside the operator's grant only.
    pub fn subject(mut self, id: impl Into<String>) -> Answer {
        self.subject = Some(SubjectRef { id: id.into() });
        self
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Answer {
        Answer { error: Some(fault), ..Answer::default() }
    }
}

/// A step error: the journey goes to the step's `on_error`, or ends. A wrong password is
/// none: it is an outcome. The message is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub code: String,
    pub message: String,
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

/// A page as data. The host renders it, and escapes every text.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Prompt {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What was wrong with the last answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// None: one button, named `submit`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
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

/// One input of a page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Field {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: FieldType,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// Of text, username, email and tel: shown, and stays.
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Of select and radio.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
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

/// How a field is shown, and what the host accepts in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // sdk/ABI.md says what each is
pub enum FieldType {
    #[default]
    Text,
    Username,
    Password,
    NewPassword,
    Otp,
    Email,
    Tel,
    Select,
    Radio,
    Checkbox,
    Hidden,
    Info,
    PasskeyGet,
    PasskeyCreate,
    TotpCreate,
    RecoveryCodes,
}

/// One choice of a select or radio field.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Choice {
    pub value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// A button.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Action {
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
}

fn is_false(value: &bool) -> bool {
    !value
}
