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
        writes: Writes { vars: &["form", "action", "round", "note", "otp"], ..Writes::NONE },
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
            .var("note", round.note)
            .var("otp", context.answer("otp").unwrap_or("")))
    }
}

fn once_more() -> Prompt {
    let text = Field { name: "text".into(), ..Field::default() };
    Prompt { error: "Once more.".into(), ..Prompt::default() }.field(text)
}

fn first() -> Prompt {
    let text = Field {
        hint: "A hint".into(),
        error: "Not this".into(),
        value: "välue".into(),
        read_only: true,
        ..Field::new(FieldType::Text, "text", "Text")
    };
    let select = Field { value: "b".into(), options: choices(), ..Field::new(FieldType::Select, "select", "Select") };
    let fields = vec![
        text,
        plain(FieldType::Username, "username"),
        plain(FieldType::Password, "password").required(),
        plain(FieldType::NewPassword, "new_password"),
        plain(FieldType::Otp, "otp").required(),
        plain(FieldType::Email, "email"),
        plain(FieldType::Tel, "tel"),
        select,
        Field { options: choices(), ..plain(FieldType::Radio, "radio") },
        plain(FieldType::Checkbox, "checkbox"),
        plain(FieldType::Hidden, "hidden"),
        plain(FieldType::Info, "info"),
        plain(FieldType::PasskeyGet, "passkey_get"),
        plain(FieldType::PasskeyCreate, "passkey_create"),
        plain(FieldType::TotpCreate, "totp_create"),
        plain(FieldType::RecoveryCodes, "recovery_codes"),
    ];
    let text = "Two\nlines, \"quoted\" <b>not bold</b>.".into();
    Prompt { text, error: "Something was wrong.".into(), fields, ..Prompt::new("All fields") }
        .action("submit", "Continue")
        .action("again", "")
}

fn plain(kind: FieldType, name: &str) -> Field {
    Field::new(kind, name, name)
}

fn choices() -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice { value: value.into(), label: label.into() };
    vec![choice("a", "A"), choice("b", "")]
}
