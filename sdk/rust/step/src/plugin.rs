//! A plugin: its steps, what it says of itself, and how a call runs.

use crate::{About, Answer, Context, Fault, Plugin, Schema};
use serde::de::DeserializeOwned;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a step answers, or the step error that it ends in.
pub type Result = std::result::Result<Answer, Fault>;

/// A step: a `#[config]` struct whose members are the configuration, filled in before
/// `run` is called. That is once for each visit, and again for each answer to a prompt,
/// every time on a new value.
pub trait Step: Schema + DeserializeOwned {
    /// What the manifest says of the step type beside its configuration.
    const ABOUT: About;

    /// Decides.
    fn run(self, context: &Context) -> Result;
}

pub(crate) fn is_empty(list: &&[&str]) -> bool {
    list.is_empty()
}

pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

/// One step type of a plugin.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct StepType {
    pub(crate) about: About,
    schema: fn() -> Value,
    run: fn(&Context) -> Result,
}

impl StepType {
    pub const fn of<S: Step>() -> StepType {
        StepType { about: S::ABOUT, schema: S::schema, run: run::<S> }
    }

    fn manifest(&self) -> StepManifest {
        let mut config_schema = (self.schema)();
        config_schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        StepManifest { about: self.about, config_schema }
    }

    /// The output document of a call.
    pub(crate) fn answer(&self, context: &Context) -> Answer {
        (self.run)(context).unwrap_or_else(Answer::from)
    }
}

#[derive(Serialize)]
struct Manifest {
    #[serde(flatten)]
    plugin: Plugin,
    steps: BTreeMap<&'static str, StepManifest>,
}

#[derive(Serialize)]
struct StepManifest {
    #[serde(flatten)]
    about: About,
    config_schema: Value,
}

/// The host holds the configuration against the schema before it calls; what serde finds
/// beyond that is a step error.
fn run<S: Step>(context: &Context) -> Result {
    let config = context.config.as_ref().map_or("{}", |raw| raw.get());
    // From bytes, as the input is: serde's code for a source of each kind is a copy.
    match serde_json::from_slice::<S>(config.as_bytes()) {
        Ok(step) => step.run(context),
        Err(fault) => Err(Fault::new("config", format!("config: {fault}"))),
    }
}

impl Plugin {
    /// What `plugin!` begins with.
    #[doc(hidden)]
    pub const NEW: Plugin = Plugin { snapshot_safe: true, ..Plugin::NONE };

    /// What the plugin says of itself, as JSON.
    pub fn manifest(&self) -> Vec<u8> {
        let steps = self.types.iter().map(|t| (t.about.name, t.manifest())).collect();
        serde_json::to_vec(&Manifest { plugin: *self, steps }).expect("a manifest has names that are texts")
    }

    /// Runs one call: an input document in, an output document out. An error is a guest
    /// error: there is no output.
    pub fn answer(&self, input: &[u8]) -> std::result::Result<Vec<u8>, String> {
        let context: Context = serde_json::from_slice(input).map_err(|fault| format!("the input is no input document: {fault}"))?;
        let kind = &context.call.kind;
        let step = self.types.iter().find(|t| t.about.name == kind).ok_or_else(|| format!("the module has no step type {kind:?}"))?;
        serde_json::to_vec(&step.answer(&context)).map_err(|fault| format!("encode the output: {fault}"))
    }
}
