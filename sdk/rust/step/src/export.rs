//! What `plugin!` exports, in WebAssembly.

use crate::{guest, Level, Plugin};

/// `_initialize`: once, before the first call. A panic's message goes to the host's log;
/// the panic itself is a trap.
pub fn initialize() {
    std::panic::set_hook(Box::new(|panic| crate::log(Level::Error, &panic.to_string())));
}

/// `acrhost_step_v1`.
pub fn step(plugin: &Plugin) -> i32 {
    match plugin.answer(&guest::input()) {
        Ok(document) => {
            guest::output(&document);
            0
        }
        Err(fault) => {
            crate::log(Level::Error, &fault);
            1
        }
    }
}

/// `acrhost_describe_v1`.
pub fn describe(plugin: &Plugin) -> i32 {
    guest::output(&plugin.manifest());
    0
}
