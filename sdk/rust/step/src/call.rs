//! How a capability is asked. The functions themselves are generated.

use crate::capability::Status;
use crate::guest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
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

/// What a capability answers.
pub type Result<T> = std::result::Result<T, CallError>;

/// Calls a capability, and makes the module import it where this is reached.
macro_rules! call {
    ($name:ident, $request:expr) => {{
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
        crate::call::ask(stringify!($name), import, $request)
    }};
}
pub(crate) use call;

/// A request of a few members; one that is null is left out.
pub(crate) fn request<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    IntoIterator::into_iter(members).filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) fn ask<T: for<'a> Deserialize<'a>>(capability: &'static str, import: fn(&[u8]) -> i32, request: &impl Serialize) -> Result<T> {
    let status = import(&serde_json::to_vec(request).expect("a request has names that are texts"));
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
