//! Sets the acr that the configuration says.

use acrhost_step::{config, About, Answer, Context, Result, Step, Writes};

/// The configuration.
#[config]
pub struct SetAcr {
    /// The acr to set.
    acr: String,
}

impl Step for SetAcr {
    const ABOUT: About = About {
        name: "set-acr",
        title: "Set the acr",
        outcomes: &["ok"],
        writes: Writes { acr_from: &["/acr"], ..Writes::NONE },
        ..About::NONE
    };

    fn run(self, _: &Context) -> Result {
        Ok(Answer::outcome("ok").acr(self.acr))
    }
}

acrhost_step::plugin! { steps: [SetAcr], name: "com.example.set-acr", title: "Set the acr" }

#[cfg(test)]
mod tests {
    use super::SetAcr;
    use acrhost_step::{serde_json::json, test};

    #[test]
    fn sets_the_acr() {
        let output = test::call::<SetAcr>(json!({"acr": "2.0"})).run();
        assert_eq!(output, json!({"outcome": "ok", "acr": "2.0"}));
    }

    #[test]
    fn needs_one() {
        let output = test::call::<SetAcr>(json!({})).run();
        assert_eq!(output["error"]["code"], "config");
    }
}
