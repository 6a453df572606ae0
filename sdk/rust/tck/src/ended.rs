//! Errors, log lines, and documents near their limits.

use acrhost_step::{config, log, About, Answer, Context, Fault, Level, Result, Step, Writes};

const ANY_VARS: Writes = Writes { vars: &["*"], ..Writes::NONE };

/// A way to fail.
#[config]
pub struct Fail {
    #[config(default = "document")]
    how: String,
    #[config(default)]
    code: String,
    #[config(default)]
    message: String,
}

impl Step for Fail {
    const ABOUT: About = About { name: "fail", outcomes: &["ok"], ..About::NONE };

    fn run(self, _: &Context) -> Result {
        match self.how.as_str() {
            "document" => Err(Fault::new(self.code, self.message)),
            _ => panic!("the configuration says so"),
        }
    }
}

/// A line for the log.
#[config]
pub struct Logged {
    text: String,
}

impl Step for Logged {
    const ABOUT: About = About { name: "log", outcomes: &["ok"], writes: ANY_VARS, ..About::NONE };

    fn run(self, _: &Context) -> Result {
        for (level, name) in [(Level::Debug, "debug"), (Level::Info, "info"), (Level::Warn, "warn"), (Level::Error, "error")] {
            log(level, &format!("{name}: {}", self.text));
        }
        Ok(Answer::outcome("ok"))
    }
}

/// A large document in, a large one out.
#[config]
pub struct Size {
    #[config(default)]
    text: String,
    #[config(default)]
    fill: i64,
}

impl Step for Size {
    const ABOUT: About = About { name: "size", outcomes: &["ok"], writes: ANY_VARS, ..About::NONE };

    fn run(self, _: &Context) -> Result {
        let fill = "x".repeat(usize::try_from(self.fill).unwrap_or(0));
        Ok(Answer::outcome("ok").var("bytes", self.text.len()).var("fill", fill))
    }
}
