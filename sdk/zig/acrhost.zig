//! Steps for acrhost in Zig. A step is a struct: its fields are the configuration, its
//! `run` decides. README.md shows a whole one; ABI.md of the project is the contract
//! that this hides.
const std = @import("std");

const call = @import("call.zig");
const document = @import("document.zig");
const plugins = @import("plugin.zig");

/// Makes a plugin of step types: see `Plugin`.
pub const plugin = plugins.plugin;
pub const Plugin = plugins.Plugin;
pub const Description = @import("manifest.zig").Description;
pub const Writes = @import("manifest.zig").Writes;

/// One call of a step: what the host says, and the way to answer and to ask for more.
pub const Call = call.Call;
pub const Result = call.Result;
pub const Level = @import("host.zig").Level;

pub const Input = document.Input;
pub const Prompt = document.Prompt;
pub const Field = document.Field;
pub const FieldType = document.FieldType;
pub const Option = document.Option;
pub const Action = document.Action;
pub const Evidence = document.Evidence;
pub const Asserted = document.Asserted;
pub const Subject = document.Subject;
pub const Upstream = document.Upstream;
pub const Time = document.Time;

/// An object whose names the data decides, in a configuration or in an answer.
pub const Table = std.json.ArrayHashMap;
/// Any JSON.
pub const Value = std.json.Value;

/// The requests and the answers of the capabilities, and how they are refused.
pub const capability = @import("capability.zig");
pub const Capability = capability.Capability;

/// The double of the host, for `zig test`.
pub const Double = @import("double.zig").Double;
pub const expectJson = @import("double.zig").expectJson;

/// What a panic does: its message goes to the host's log, and the call ends with a trap.
/// Give it to the compiler with `pub const panic = acrhost.panic;` in the root file.
pub const panic = std.debug.FullPanic(logAndTrap);

fn logAndTrap(message: []const u8, _: ?usize) noreturn {
    @import("host.zig").imports.log(.err, message);
    @trap();
}

test {
    _ = @import("document.zig");
    _ = @import("decode.zig");
    _ = @import("manifest.zig");
    _ = @import("plugin.zig");
}
