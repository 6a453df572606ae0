//! What sdk/ABI.md offers to a guest, as far as the guests here use it.

mod import {
    #[link(wasm_import_module = "acrhost_v1")]
    extern "C" {
        pub fn input_len() -> usize;
        pub fn input_read(to: *mut u8, cap: usize, off: usize) -> usize;
        pub fn output_write(from: *const u8, len: usize);
    }
}

/// Pulls the input document.
pub fn input() -> Vec<u8> {
    let mut document = vec![0; unsafe { import::input_len() }];
    let read = unsafe { import::input_read(document.as_mut_ptr(), document.len(), 0) };
    document.truncate(read);
    document
}

/// Appends to the output document.
pub fn output(text: &str) {
    unsafe { import::output_write(text.as_ptr(), text.len()) }
}
