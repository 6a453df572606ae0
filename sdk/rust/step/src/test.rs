//! Runs a step without WebAssembly: an input that is filled in, a double for each
//! capability, and the checks that the real host makes.
//!
//! ```
//! # use acrhost_step::{config, About, Answer, Context, Result, Step};
//! # #[config] struct Greet { name: String }
//! # impl Step for Greet {
//! #     const ABOUT: About = About { name: "greet", outcomes: &["ok"], ..About::NONE };
//! #     fn run(self, _: &Context) -> Result { Ok(Answer::outcome("ok").var("greeting", self.name)) }
//! # }
//! use acrhost_step::{serde_json::json, test};
//!
//! let output = test::call::<Greet>(json!({"name": "Ada"})).run();
//! assert_eq!(output, json!({"outcome": "ok", "vars": {"greeting": "Ada"}}));
//! ```

use crate::capability::Status;
use crate::plugin::StepType;
use crate::{About, Context, Level, Step, Subject, Time};
use serde_json::value::to_raw_value;
use serde_json::{json, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

type Double = Box<dyn FnMut(Value) -> Result<Value, Status>>;

/// What stands for the host while a step runs in this thread.
#[derive(Default)]
struct Host {
    doubles: BTreeMap<&'static str, Double>,
    declared: &'static [&'static str],
    result: Vec<u8>,
    logs: Vec<(Level, String)>,
}

thread_local!(static HOST: RefCell<Host> = RefCell::default());

/// One call of a step. `call` makes a first entry, in a run that is about nobody; the
/// other methods change that.
pub struct Call {
    step: StepType,
    context: Context,
    doubles: BTreeMap<&'static str, Double>,
}

/// A call of the step with this configuration.
pub fn call<S: Step>(config: Value) -> Call {
    let step = StepType::of::<S>();
    let mut context = Context { config: Some(to_raw_value(&config).expect("a value is JSON")), ..Context::default() };
    context.call.kind = step.about.name.into();
    context.call.step = "test".into();
    context.call.attempt = 1;
    context.call.interactive = true;
    context.call.now = Time::parse("2026-11-23T07:00:00Z").expect("a time");
    Call { step, context, doubles: BTreeMap::new() }
}

impl Call {
    /// Whom the run is about.
    pub fn subject(mut self, id: &str, username: &str) -> Call {
        self.context.subject = Some(Subject { id: id.into(), username: username.into(), ..Subject::default() });
        self
    }

    /// What the user sent to the step's prompt, and by which button.
    pub fn form(mut self, action: &str, fields: &[(&str, &str)]) -> Call {
        self.context.form = Some(fields.iter().map(|&(name, value)| (name.into(), value.into())).collect());
        self.context.action = Some(action.into());
        self
    }

    /// What the step kept when it prompted.
    pub fn state(mut self, value: Value) -> Call {
        self.context.state = value;
        self
    }

    /// Lets `change` change anything else of the input.
    pub fn input(mut self, change: impl FnOnce(&mut Context)) -> Call {
        change(&mut self.context);
        self
    }

    /// Gives a capability its double. One without a double is denied.
    pub fn capability(mut self, name: &'static str, double: impl FnMut(Value) -> Result<Value, Status> + 'static) -> Call {
        self.doubles.insert(name, Box::new(double));
        self
    }

    /// The output document. Panics where the host would refuse it: at an outcome that
    /// the step does not declare, and at a prompt that may not be shown.
    pub fn run(self) -> Value {
        let about = self.step.about;
        HOST.with(|h| *h.borrow_mut() = Host { doubles: self.doubles, declared: about.capabilities, ..Host::default() });
        let answer = self.step.answer(&self.context);
        if answer.error.is_none() && answer.prompt.is_none() && answer.redirect.is_none() {
            check_outcome(&about, &answer.outcome);
        }
        let shows = answer.prompt.is_some() || answer.redirect.is_some();
        assert!(!shows || self.context.call.interactive, "no page may be shown in this call");
        json!(answer)
    }
}

fn check_outcome(about: &About, name: &str) {
    // Outcomes that stand in the configuration are not looked up here: the host does.
    let declared = about.outcomes.contains(&name) || !about.outcomes_from.is_empty();
    assert!(declared, "the step type {:?} does not declare the outcome {name:?}", about.name);
}

/// The log lines of the last call in this thread.
pub fn logs() -> Vec<(Level, String)> {
    HOST.with(|h| h.borrow().logs.clone())
}

pub(crate) fn log(level: Level, line: &str) {
    HOST.with(|h| h.borrow_mut().logs.push((level, line.into())));
}

/// The answer of the last capability call.
pub(crate) fn result() -> Vec<u8> {
    HOST.with(|h| h.borrow().result.clone())
}

pub(crate) fn capability(name: &str, request: &[u8]) -> i32 {
    let request = serde_json::from_slice(request).expect("a request is JSON");
    HOST.with(|h| {
        let mut host = h.borrow_mut();
        assert!(host.declared.contains(&name), "the step type does not declare the capability {name:?}");
        let answer = host.doubles.get_mut(name).map_or(Err(Status::Denied), |double| double(request));
        let (status, document) = match answer {
            Ok(document) => (0, document.to_string()),
            Err(status) => (status as i32, String::new()),
        };
        host.result = document.into_bytes();
        status
    })
}
