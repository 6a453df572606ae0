//! The guest that the conformance kit calls: `sdk/tck/README.md` specifies it. One file
//! for what is read and for each part of what is written.

mod asked;
mod echo;
mod ended;
mod factor;
mod paged;
mod written;

acrhost_step::plugin! {
    steps: [
        echo::Echo, written::Config, written::Outcome, paged::Page, asked::Redirect, asked::Fetched, asked::Otp, asked::User,
        factor::Factor, ended::Fail, ended::Logged, ended::Size,
    ],
    name: "com.example.tck",
}
