//! The commonest request of `http_fetch`.

use crate::capability::Fetch;
use serde_json::Value;
use std::collections::BTreeMap;

impl Fetch {
    /// A POST of a JSON document.
    pub fn post_json(url: impl Into<String>, body: &Value) -> Fetch {
        let headers = BTreeMap::from([("content-type".into(), "application/json".into())]);
        Fetch { method: "POST".into(), url: url.into(), headers, body: body.to_string() }
    }
}
