//! What a step may ask of the host: one function for each capability, and one import of
//! the module. The linker leaves out those that no step calls, so a module asks the
//! operator for what it uses and for nothing else. `sdk/ABI.md` says what each does.

use crate::{guest, Subject};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// Why a capability gave no answer. With `?` it becomes a step error whose code is the
/// status, as in `upstream_fault`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    pub capability: &'static str,
    pub status: Status,
    /// In how many seconds time lifts the limit, where the host says so.
    pub retry_after: Option<u64>,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.capability, self.status.as_str())
    }
}

impl std::error::Error for CallError {}

/// What a capability that gives no answer returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not granted, or not now.
    Denied = 1,
    /// The request is not what the capability takes.
    BadRequest = 2,
    NotFound = 3,
    /// Who should have answered did not, or not in a way that can be read.
    UpstreamFault = 4,
    /// Too often, too many, too large.
    LimitReached = 5,
}

impl Status {
    /// The status in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Denied => "denied",
            Status::BadRequest => "bad request",
            Status::NotFound => "not found",
            Status::UpstreamFault => "upstream fault",
            Status::LimitReached => "limit reached",
        }
    }

    fn of(number: i32) -> Status {
        match number {
            1 => Status::Denied,
            2 => Status::BadRequest,
            3 => Status::NotFound,
            5 => Status::LimitReached,
            _ => Status::UpstreamFault,
        }
    }
}

/// What a capability answers.
pub type Result<T> = std::result::Result<T, CallError>;

/// The answer of a capability that verifies something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Verified {
    pub ok: bool,
    /// Of a right password: it has to be changed first, and gives no evidence before.
    pub change: bool,
    /// For how many seconds no further try is accepted.
    pub retry_after: u64,
    /// Recovery codes that were not used yet, of `recovery_verify`.
    pub left: u32,
}

/// The answer of `user_identify`.
#[derive(Clone, Debug, Deserialize)]
pub struct Identified {
    pub subject: Subject,
}

/// The answer of `password_set`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Chosen {
    pub ok: bool,
    /// Why not: `too_short`, `too_long`, `characters`, `breached` or `same`.
    pub reason: String,
}

/// The request of `otp_send`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OtpSend {
    /// `sms` or `email`.
    pub channel: String,
    /// Digits, 6 to 10; else 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// 30 to 600; else 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u64>,
    /// The message; `{code}` stands for the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Where a code was sent, masked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Sent {
    pub to: String,
}

/// What the subject can be verified by: the answer of `user_factors`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Factors {
    pub password: bool,
    pub passkeys: u32,
    pub totp: u32,
    pub recovery_codes: u32,
    pub phone: bool,
    pub email: bool,
}

/// The request of `upstream_begin`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UpstreamBegin {
    pub provider: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// `none`, or some of `login`, `consent` and `select_account`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
}

/// The answer of `upstream_begin`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UpstreamBegun {
    pub url: String,
}

/// The answer of `upstream_finish`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct UpstreamFinished {
    pub ok: bool,
    /// The provider's OAuth code, or `invalid_answer`, `too_old` or `unlinked`.
    pub error: String,
    pub claims: Map<String, Value>,
    pub acr: Option<String>,
    pub amr: Vec<String>,
}

/// The request of `http_fetch`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fetch {
    /// Empty: GET.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub method: String,
    pub url: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body: String,
}

impl Fetch {
    /// A POST of a JSON document.
    pub fn post_json(url: impl Into<String>, body: &Value) -> Fetch {
        let headers = BTreeMap::from([("content-type".into(), "application/json".into())]);
        Fetch { method: "POST".into(), url: url.into(), headers, body: body.to_string() }
    }
}

/// The answer of `http_fetch`, whatever the status.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Fetched {
    pub status: u16,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// The answer of a capability that has nothing to say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Nothing {}

macro_rules! capabilities {
    ($($(#[$doc:meta])* $name:ident($($argument:tt)*) -> $answer:ty;)+) => {$(
        capabilities!{@request $(#[$doc])* $name($($argument)*) -> $answer}
    )+};
    (@request $(#[$doc:meta])* $name:ident(&$request:ty) -> $answer:ty) => {
        $(#[$doc])*
        pub fn $name(request: &$request) -> Result<$answer> {
            capabilities!(@call $name, request)
        }
    };
    (@request $(#[$doc:meta])* $name:ident($($argument:ident: $typ:ty),*) -> $answer:ty) => {
        $(#[$doc])*
        pub fn $name($($argument: $typ),*) -> Result<$answer> {
            #[allow(unused_mut)]
            let mut request = Map::new();
            $(put(&mut request, stringify!($argument), $argument.into());)*
            capabilities!(@call $name, &Value::Object(request))
        }
    };
    (@call $name:ident, $request:expr) => {{
        #[cfg(target_arch = "wasm32")]
        fn import(request: &[u8]) -> i32 {
            #[link(wasm_import_module = "acrhost_cap_v1")]
            extern "C" {
                fn $name(from: *const u8, len: usize) -> i32;
            }
            // The host reads the request and keeps nothing of it.
            unsafe { $name(request.as_ptr(), request.len()) }
        }
        #[cfg(not(target_arch = "wasm32"))]
        fn import(request: &[u8]) -> i32 {
            crate::test::capability(stringify!($name), request)
        }
        call(stringify!($name), import, encode($request))
    }};
}

capabilities! {
    /// Makes the user with this name the subject, which is no evidence. `NotFound`: there is none.
    user_identify(username: &str) -> Identified;
    /// What the subject can be verified by.
    user_factors() -> Factors;
    /// Verifies a password, of the subject where no name is given; a right one records `pwd`.
    password_verify(username: Option<&str>, password: &str) -> Verified;
    /// Gives the subject another password. `Denied`: the old one was not verified in this run.
    password_set(password: &str) -> Chosen;
    /// Sends the subject a one-time code, which replaces the one before.
    otp_send(&OtpSend) -> Sent;
    /// Verifies the code that was sent last; a right one counts once.
    otp_verify(channel: &str, code: &str) -> Verified;
    /// Begins a login with a passkey; the field `PasskeyGet` belongs to it.
    passkey_login_options(user_verification: Option<&str>) -> Nothing;
    /// Verifies what the field came back with; records `passkey`.
    passkey_login(response: &str) -> Verified;
    /// Begins to add a passkey; the field `PasskeyCreate` belongs to it.
    passkey_register_options(user_verification: Option<&str>) -> Nothing;
    /// Adds the passkey that the field came back with.
    passkey_register(response: &str, name: Option<&str>) -> Verified;
    /// Verifies a code of the subject's authenticator app; each counts once.
    totp_verify(code: &str) -> Verified;
    /// Makes a secret for a new app; the field `TotpCreate` shows it.
    totp_enroll() -> Nothing;
    /// Adds the app, once a code of it is right.
    totp_confirm(code: &str, name: Option<&str>) -> Verified;
    /// Spends one of the subject's recovery codes.
    recovery_verify(code: &str) -> Verified;
    /// Makes ten new codes; the field `RecoveryCodes` shows them.
    recovery_generate() -> Nothing;
    /// Lets the new codes replace those before.
    recovery_confirm() -> Nothing;
    /// Sends a code to an address that the subject wants to add.
    address_enroll(channel: &str, address: &str) -> Sent;
    /// Adds the address, once the code is right.
    address_confirm(channel: &str, code: &str) -> Verified;
    /// Whether the user need not be asked, because they allowed all of it before.
    consent_check() -> Verified;
    /// Says that the user allowed the client what it asks for.
    consent_give() -> Nothing;
    /// Begins a login at another provider; the answer is where to redirect to.
    upstream_begin(&UpstreamBegin) -> UpstreamBegun;
    /// Checks what the browser brought back from there.
    upstream_finish() -> UpstreamFinished;
    /// Makes one HTTP request to an origin that the operator granted. Redirects are not followed.
    http_fetch(&Fetch) -> Fetched;
}

fn put(request: &mut Map<String, Value>, name: &str, value: Value) {
    if !value.is_null() {
        request.insert(name.to_owned(), value);
    }
}

fn encode<T: Serialize>(request: &T) -> Vec<u8> {
    serde_json::to_vec(request).expect("a request has names that are texts")
}

fn call<T: for<'a> Deserialize<'a>>(capability: &'static str, import: fn(&[u8]) -> i32, request: Vec<u8>) -> Result<T> {
    let status = import(&request);
    let answer = guest::result();
    if status != 0 {
        return Err(CallError { capability, status: Status::of(status), retry_after: retry_after(&answer) });
    }
    serde_json::from_slice(&answer).map_err(|fault| {
        crate::log(crate::Level::Error, &format!("{capability}: the answer can't be read: {fault}"));
        CallError { capability, status: Status::UpstreamFault, retry_after: None }
    })
}

fn retry_after(answer: &[u8]) -> Option<u64> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    answer.get("retry_after")?.as_u64()
}
