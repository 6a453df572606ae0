//! Asks a service how risky the login is: a capability, and what to do when it fails.

use acrhost_step::capability::{http_fetch, Fetch};
use acrhost_step::serde_json::{self, json, Value};
use acrhost_step::{config, About, Answer, Context, Fault, Result, Step, Writes};

const HIGH: f64 = 0.7;

/// The configuration.
#[config]
pub struct Score {
    /// Where the score is had.
    url: String,
}

impl Step for Score {
    const ABOUT: About = About {
        name: "score",
        title: "Score the risk",
        outcomes: &["low", "high"],
        reads: &["device"],
        writes: Writes { vars: &["risk"], ..Writes::NONE },
        capabilities: &["http_fetch"],
        fetches: &["POST config/url"],
        ..About::NONE
    };

    fn run(self, context: &Context) -> Result {
        let answer = http_fetch(&Fetch::post_json(self.url, &json!({"ip": context.device.ip})))?;
        let score = score(&answer.body).ok_or_else(|| Fault::new("upstream_fault", "http_fetch: the answer holds no score"))?;
        Ok(Answer::outcome(if score < HIGH { "low" } else { "high" }).var("risk", score))
    }
}

fn score(body: &str) -> Option<f64> {
    serde_json::from_str::<Value>(body).ok()?.get("score")?.as_f64()
}

acrhost_step::plugin! { steps: [Score], name: "com.example.capability", title: "Risk score" }

#[cfg(test)]
mod tests {
    use super::Score;
    use acrhost_step::capability::Status;
    use acrhost_step::serde_json::{json, Value};
    use acrhost_step::test;

    fn run(answer: Result<Value, Status>) -> Value {
        test::call::<Score>(json!({"url": "https://risk.example/score"}))
            .input(|context| context.device.ip = "192.0.2.7".into())
            .capability("http_fetch", move |request| {
                assert_eq!(request["body"], r#"{"ip":"192.0.2.7"}"#);
                answer.clone()
            })
            .run()
    }

    fn body(text: &str) -> Result<Value, Status> {
        Ok(json!({"status": 200, "headers": {}, "body": text}))
    }

    #[test]
    fn decides_by_the_score() {
        assert_eq!(run(body(r#"{"score":0.3}"#)), json!({"outcome": "low", "vars": {"risk": 0.3}}));
        assert_eq!(run(body(r#"{"score":0.7}"#)), json!({"outcome": "high", "vars": {"risk": 0.7}}));
    }

    #[test]
    fn fails_without_one() {
        let want = |message: &str| json!({"error": {"code": "upstream_fault", "message": message}});
        assert_eq!(run(Err(Status::UpstreamFault)), want("http_fetch: upstream fault"));
        assert_eq!(run(body("nothing")), want("http_fetch: the answer holds no score"));
    }
}
