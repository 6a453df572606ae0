//! The JSON Schema of a configuration, which the host checks before it calls.

use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

/// A type that a configuration can hold. `#[config]` implements it.
pub trait Schema {
    /// Whether a member of this type may be left out without a default.
    const OPTIONAL: bool = false;

    /// The JSON Schema (2020-12) of the type.
    fn schema() -> Value;
}

macro_rules! plain {
    ($($name:literal: $($typ:ty)+;)+) => {$($(
        impl Schema for $typ {
            fn schema() -> Value { json!({ "type": $name }) }
        }
    )+)+};
}

plain! {
    "string": String;
    "boolean": bool;
    "number": f32 f64;
    "integer": i8 i16 i32 i64 isize;
}

macro_rules! unsigned {
    ($($typ:ty)+) => {$(
        impl Schema for $typ {
            fn schema() -> Value { json!({ "type": "integer", "minimum": 0 }) }
        }
    )+};
}

unsigned!(u8 u16 u32 u64 usize);

impl Schema for Value {
    fn schema() -> Value {
        json!({})
    }
}

impl<T: Schema> Schema for Option<T> {
    const OPTIONAL: bool = true;

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: Schema> Schema for Vec<T> {
    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema() })
    }
}

impl<T: Schema> Schema for BTreeMap<String, T> {
    fn schema() -> Value {
        json!({ "type": "object", "additionalProperties": T::schema() })
    }
}

/// A member of a configuration, as `#[config]` finds it.
#[doc(hidden)]
pub struct Member {
    pub name: &'static str,
    pub doc: &'static str,
    pub schema: Value,
    pub default: Option<Value>,
    pub required: bool,
    pub bounds: Vec<(&'static str, Value)>,
}

/// The schema of a struct. What it does not name is refused: a misspelt member would be
/// a rule that nobody follows.
#[doc(hidden)]
pub fn object(members: Vec<Member>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for m in members {
        if m.required && m.default.is_none() {
            required.push(m.name);
        }
        properties.insert(m.name.to_owned(), m.property());
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

impl Member {
    fn property(self) -> Value {
        let mut schema = self.schema;
        if !self.doc.is_empty() {
            schema["description"] = self.doc.into();
        }
        if let Some(value) = self.default {
            schema["default"] = value;
        }
        for (bound, value) in self.bounds {
            let keyword = match schema["type"].as_str() {
                _ if bound == "pattern" => bound.to_owned(),
                Some("string") => format!("{bound}Length"),
                Some("array") => format!("{bound}Items"),
                Some("object") => format!("{bound}Properties"),
                _ => format!("{bound}imum"),
            };
            schema[keyword] = value;
        }
        schema
    }
}
