//! Greets the user: reads the subject, writes a variable.

use acrhost_step::{config, About, Answer, Context, Result, Step, Writes};

/// The configuration.
#[config]
pub struct Hello {
    /// The word before the name.
    #[config(default = "Hello")]
    greeting: String,
}

impl Step for Hello {
    const ABOUT: About = About {
        name: "hello",
        title: "Greet the user",
        outcomes: &["ok"],
        writes: Writes { vars: &["greeting"], ..Writes::NONE },
        ..About::NONE
    };

    fn run(self, context: &Context) -> Result {
        let name = context.subject.as_ref().map_or("stranger", |s| &s.username);
        Ok(Answer::outcome("ok").var("greeting", format!("{}, {name}", self.greeting)))
    }
}

acrhost_step::plugin! { steps: [Hello], name: "com.example.hello", title: "Hello" }

#[cfg(test)]
mod tests {
    use super::Hello;
    use acrhost_step::{serde_json::json, test};

    #[test]
    fn greets_a_stranger() {
        let output = test::call::<Hello>(json!({})).run();
        assert_eq!(output, json!({"outcome": "ok", "vars": {"greeting": "Hello, stranger"}}));
    }

    #[test]
    fn greets_who_is_known() {
        let output = test::call::<Hello>(json!({"greeting": "Salut"})).subject("u1", "alice").run();
        assert_eq!(output["vars"]["greeting"], "Salut, alice");
    }
}
