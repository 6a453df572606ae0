//! Login steps for acrhost: a step is a struct whose members are its configuration, and
//! whose method decides.
//!
//! ```
//! use acrhost_step::{config, About, Answer, Context, Field, FieldType, Prompt, Result, Step, Writes};
//!
//! /// Asks a riddle.
//! #[config]
//! struct Riddle {
//!     /// What the user is asked.
//!     question: String,
//!     /// What opens the door; case does not matter.
//!     answer: String,
//!     /// The acr that a right answer sets.
//!     #[config(default = "riddle")]
//!     level: String,
//! }
//!
//! impl Step for Riddle {
//!     const ABOUT: About = About {
//!         name: "riddle",
//!         title: "Ask a riddle",
//!         outcomes: &["solved", "failed"],
//!         writes: Writes { acr_from: &["/level"], ..Writes::NONE },
//!         ..About::NONE
//!     };
//!
//!     fn run(self, context: &Context) -> Result {
//!         Ok(match context.answer("answer") {
//!             None => Answer::prompt(Prompt::new(self.question).field(Field::new(FieldType::Text, "answer", "Your answer").required())),
//!             Some(given) if given.eq_ignore_ascii_case(&self.answer) => Answer::outcome("solved").acr(self.level),
//!             Some(_) => Answer::outcome("failed"),
//!         })
//!     }
//! }
//!
//! acrhost_step::plugin! { steps: [Riddle], name: "com.example.riddle" }
//! # fn main() {}
//! ```

mod answer;
mod call;
mod context;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod export;
mod fetch;
mod generated;
mod guest;
mod plugin;
#[doc(hidden)]
pub mod schema;
#[cfg(not(target_arch = "wasm32"))]
pub mod test;
mod time;

pub use acrhost_step_macros::config;
pub use generated::{capability, document};
pub use document::*;
pub use guest::{log, Level};
pub use plugin::{Result, Step, StepType};
pub use schema::Schema;
pub use time::Time;
pub use {serde, serde_json};

/// Makes the crate a plugin: `steps` first, then members of [`Plugin`]. The version is
/// that of the crate where none is said.
#[macro_export]
macro_rules! plugin {
    (steps: [$($step:ty),+ $(,)?] $(, $member:ident: $value:expr)+ $(,)?) => {
        /// What the host loads.
        #[allow(clippy::needless_update)]
        pub static PLUGIN: $crate::Plugin = $crate::Plugin {
            types: &[$($crate::StepType::of::<$step>()),+],
            $($member: $value,)+
            ..$crate::Plugin { version: env!("CARGO_PKG_VERSION"), ..$crate::Plugin::NEW }
        };

        #[cfg(target_arch = "wasm32")]
        mod export {
            #[no_mangle]
            extern "C" fn _initialize() {
                $crate::export::initialize()
            }
            #[no_mangle]
            extern "C" fn acrhost_step_v1() -> i32 {
                $crate::export::step(&super::PLUGIN)
            }
            #[no_mangle]
            extern "C" fn acrhost_describe_v1() -> i32 {
                $crate::export::describe(&super::PLUGIN)
            }
        }
    };
}
