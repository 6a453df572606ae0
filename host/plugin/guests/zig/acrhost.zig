//! What sdk/ABI.md offers to a guest, as far as the guests here use it.
const std = @import("std");

const import = struct {
    extern "acrhost_v1" fn input_len() usize;
    extern "acrhost_v1" fn input_read(to: [*]u8, cap: usize, off: usize) usize;
    extern "acrhost_v1" fn output_write(from: [*]const u8, len: usize) void;
};

/// Pulls the input document; the caller frees it.
pub fn input(allocator: std.mem.Allocator) ![]u8 {
    const len = import.input_len();
    if (len == 0) return error.NoInput; // an empty slice would point nowhere
    const document = try allocator.alloc(u8, len);
    return document[0..import.input_read(document.ptr, len, 0)];
}

/// Appends to the output document.
pub fn output(text: []const u8) void {
    import.output_write(text.ptr, text.len);
}
