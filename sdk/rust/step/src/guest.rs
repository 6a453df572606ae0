//! The border between the module and the host: what `sdk/ABI.md` calls `acrhost_v1`.

/// How grave a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Level {
    Debug = -4,
    Info = 0,
    Warn = 4,
    Error = 8,
}

#[cfg(target_arch = "wasm32")]
mod host {
    mod import {
        #[link(wasm_import_module = "acrhost_v1")]
        extern "C" {
            pub fn input_len() -> usize;
            pub fn input_read(to: *mut u8, cap: usize, off: usize) -> usize;
            pub fn output_write(from: *const u8, len: usize);
            pub fn result_len() -> usize;
            pub fn result_read(to: *mut u8, cap: usize, off: usize) -> usize;
            pub fn log(level: i32, from: *const u8, len: usize);
        }
    }

    type Read = unsafe extern "C" fn(*mut u8, usize, usize) -> usize;

    fn pull(len: usize, read: Read) -> Vec<u8> {
        let mut document = vec![0; len];
        let count = unsafe { read(document.as_mut_ptr(), len, 0) };
        document.truncate(count);
        document
    }

    pub fn input() -> Vec<u8> {
        pull(unsafe { import::input_len() }, import::input_read)
    }

    pub fn result() -> Vec<u8> {
        pull(unsafe { import::result_len() }, import::result_read)
    }

    pub fn output(document: &[u8]) {
        unsafe { import::output_write(document.as_ptr(), document.len()) }
    }

    pub fn log(level: super::Level, line: &str) {
        unsafe { import::log(level as i32, line.as_ptr(), line.len()) }
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) use host::{input, output, result};

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use crate::test::result;

/// Writes one line to the host's log. Never a secret: the log is kept.
pub fn log(level: Level, line: &str) {
    #[cfg(target_arch = "wasm32")]
    host::log(level, line);
    #[cfg(not(target_arch = "wasm32"))]
    crate::test::log(level, line);
}
