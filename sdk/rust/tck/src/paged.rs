//! A page, its state and its answers.

use acrhost_step::serde_json::{self, json};
use acrhost_step::{config, About, Answer, Choice, Context, Fault, Field, FieldType, Prompt, Result, Step, Writes};

/// No configuration.
#[config]
pub struct Page {}

/// What is kept between two pages.
#[config]
struct Round {
    round: i64,
    note: String,
}

impl Step for Page {
    const ABOUT: About = About {
        name: "prompt",
        outcomes: &["ok"],
        writes: Writes { vars: &["form", "action", "round", "note"], ..Writes::NONE },
        ..About::NONE
    };

    fn run(self, context: &Context) -> Result {
        if context.form.is_none() {
            return Ok(Answer::prompt(first()).state(json!(Round { round: 1, note: "é".into() })));
        }
        let round: Round = serde_json::from_value(context.state.clone()).map_err(|fault| Fault::new("state", fault.to_string()))?;
        if context.action.as_deref() == Some("again") {
            return Ok(Answer::prompt(once_more()).state(json!(Round { round: round.round + 1, ..round })));
        }
        Ok(Answer::outcome("ok")
            .var("form", json!(context.form))
            .var("action", context.action.clone())
            .var("round", round.round)
            .var("note", round.note))
    }
}

fn once_more() -> Prompt {
    let text = Field { name: "text".into(), ..Field::default() };
    Prompt { error: "Once more.".into(), ..Prompt::default() }.field(text)
}

fn first() -> Prompt {
    Prompt::new("x")
}
