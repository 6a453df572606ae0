//! Asks for a PIN: a page on first entry, a decision on its answer.

use acrhost_step::serde_json::json;
use acrhost_step::{config, About, Answer, Context, Field, FieldType, Prompt, Result, Step, Writes};

/// The configuration.
#[config]
pub struct Pin {
    /// The PIN that is right.
    pin: String,
    /// The acr that the right PIN sets.
    #[config(default = "pin")]
    level: String,
}

impl Step for Pin {
    const ABOUT: About = About {
        name: "pin",
        title: "Ask for a PIN",
        outcomes: &["ok", "failed"],
        writes: Writes { acr_from: &["/level"], ..Writes::NONE },
        ..About::NONE
    };

    fn run(self, context: &Context) -> Result {
        Ok(match context.answer("pin") {
            None => Answer::prompt(page()).state(json!({"shown": 1})),
            Some(pin) if pin == self.pin => Answer::outcome("ok").acr(self.level),
            Some(_) => Answer::outcome("failed"),
        })
    }
}

fn page() -> Prompt {
    Prompt::new("Enter your PIN").field(Field::new(FieldType::Password, "pin", "PIN").required())
}

acrhost_step::plugin! { steps: [Pin], name: "com.example.prompt", title: "Ask for a PIN" }

#[cfg(test)]
mod tests {
    use super::Pin;
    use acrhost_step::{serde_json::json, test};

    #[test]
    fn asks_first() {
        let output = test::call::<Pin>(json!({"pin": "1234"})).run();
        assert_eq!(output["prompt"]["fields"], json!([{"name": "pin", "type": "password", "label": "PIN", "required": true}]));
        assert_eq!(output["state"], json!({"shown": 1}));
    }

    #[test]
    fn decides_on_the_answer() {
        let answer = |pin| test::call::<Pin>(json!({"pin": "1234", "level": "2.0"})).form("submit", &[("pin", pin)]).run();
        assert_eq!(answer("1234"), json!({"outcome": "ok", "acr": "2.0"}));
        assert_eq!(answer("4321"), json!({"outcome": "failed"}));
    }
}
