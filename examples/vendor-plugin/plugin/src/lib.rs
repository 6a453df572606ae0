//! Acme's risk score as a step: asks Acme's service about the login, and says how risky
//! that is.

use acrhost_step::capability::{http_fetch, Fetch};
use acrhost_step::serde_json::{self, json};
use acrhost_step::{config, log, About, Answer, Context, Fault, Level, Result, Step, Writes};
use serde::Deserialize;

/// What the bank configures.
#[config]
pub struct Score {
    /// Acme's service, such as https://risk.acme.example/v1/score.
    url: String,
    /// The least score that is a medium risk.
    #[config(default = 0.4, min = 0, max = 1)]
    medium: f64,
    /// The least score that is a high risk.
    #[config(default = 0.8, min = 0, max = 1)]
    high: f64,
}

/// What the service answers.
#[derive(Deserialize)]
struct Assessment {
    /// From 0, no risk, to 1.
    score: f64,
}

impl Step for Score {
    const ABOUT: About = About {
        name: "score",
        title: "Acme risk score",
        outcomes: &["low", "medium", "high"],
        writes: Writes { vars: &["risk"], ..Writes::NONE },
        capabilities: &["http_fetch"],
        fetches: &["POST config/url"],
        ..About::NONE
    };

    fn run(self, context: &Context) -> Result {
        if self.medium > self.high {
            return Err(Fault::new("config", "medium is above high"));
        }
        let score = assess(&self.url, context)?;
        Ok(Answer::outcome(self.class(score)).var("risk", score))
    }
}

impl Score {
    fn class(&self, score: f64) -> &'static str {
        match score {
            s if s >= self.high => "high",
            s if s >= self.medium => "medium",
            _ => "low",
        }
    }
}

/// Asks the service. It is told the user's id at the bank and the client, and neither a
/// name nor an address.
fn assess(url: &str, context: &Context) -> std::result::Result<f64, Fault> {
    let subject = context.subject.as_ref().map(|s| &s.id);
    let answer = http_fetch(&Fetch::post_json(url, &json!({"client": context.request.client_id, "subject": subject})))?;
    if answer.status != 200 {
        log(Level::Warn, &format!("the service answers {}", answer.status));
        return Err(Fault::new("risk_unavailable", format!("the service answers {}", answer.status)));
    }
    match serde_json::from_str(&answer.body) {
        Ok(Assessment { score }) if (0.0..=1.0).contains(&score) => Ok(score),
        _ => Err(Fault::new("risk_unavailable", "the service's answer holds no score from 0 to 1")),
    }
}

acrhost_step::plugin! {
    steps: [Score],
    name: "com.acme.risk",
    title: "Acme Risk",
    vendor: "Acme Risk Ltd",
    license: "LicenseRef-Acme",
}

#[cfg(test)]
mod tests {
    use super::Score;
    use acrhost_step::capability::Status;
    use acrhost_step::serde_json::{json, Value};
    use acrhost_step::test;

    fn run(config: Value, answer: Result<Value, Status>) -> Value {
        test::call::<Score>(config)
            .subject("u1", "alice")
            .input(|context| context.request.client_id = "bank-web".into())
            .capability("http_fetch", move |request| {
                assert_eq!(request["body"], r#"{"client":"bank-web","subject":"u1"}"#);
                answer.clone()
            })
            .run()
    }

    fn scored(score: Value) -> Result<Value, Status> {
        Ok(json!({"status": 200, "headers": {}, "body": json!({"score": score}).to_string()}))
    }

    #[test]
    fn classes_the_score() {
        for (score, want) in [(0.0, "low"), (0.39, "low"), (0.4, "medium"), (0.8, "high"), (1.0, "high")] {
            let output = run(json!({"url": "https://risk.acme.example"}), scored(json!(score)));
            assert_eq!(output, json!({"outcome": want, "vars": {"risk": score}}));
        }
    }

    #[test]
    fn follows_the_thresholds() {
        let config = json!({"url": "https://risk.acme.example", "medium": 0.1, "high": 0.2});
        assert_eq!(run(config, scored(json!(0.15)))["outcome"], "medium");
        let twisted = json!({"url": "https://risk.acme.example", "medium": 0.9, "high": 0.2});
        assert_eq!(run(twisted, scored(json!(0.15)))["error"]["code"], "config");
    }

    #[test]
    fn fails_closed() {
        let code = |answer| run(json!({"url": "https://risk.acme.example"}), answer)["error"]["code"].clone();
        assert_eq!(code(Err(Status::UpstreamFault)), "upstream_fault");
        assert_eq!(code(Err(Status::Denied)), "denied");
        assert_eq!(code(Ok(json!({"status": 503, "headers": {}, "body": ""}))), "risk_unavailable");
        assert_eq!(code(scored(json!("0.1"))), "risk_unavailable");
        assert_eq!(code(scored(json!(-0.1))), "risk_unavailable");
    }
}
