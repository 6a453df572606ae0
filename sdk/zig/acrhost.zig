//! Steps for acrhost in Zig. A step is a struct: its fields are the configuration, its
//! `run` decides. README.md shows a whole one; ABI.md of the project is the contract
//! that this hides.
const std = @import("std");

const call = @import("call.zig");
const generated = @import("generated.zig");
const plugins = @import("plugin.zig");

/// Makes a plugin of step types: see `Plugin`.
pub const plugin = plugins.plugin;
pub const Plugin = generated.Plugin;
pub const Description = generated.Description;
pub const Writes = generated.Writes;

/// One call of a step: what the host says, and the way to answer and to ask for more.
pub const Call = call.Call;
pub const Result = call.Result;
pub const Refused = call.Refused;
pub const Level = @import("host.zig").Level;

pub const Input = generated.Input;
pub const Prompt = generated.Prompt;
pub const Field = generated.Field;
pub const FieldType = generated.FieldType;
pub const Option = generated.Option;
pub const Action = generated.Action;
pub const Evidence = generated.Evidence;
pub const Asserted = generated.Asserted;
pub const Subject = generated.Subject;
pub const Upstream = generated.Upstream;
pub const Time = @import("time.zig").Time;

/// An object whose names the data decides, in a configuration or in an answer.
pub const Table = std.json.ArrayHashMap;
/// Any JSON.
pub const Value = std.json.Value;

/// All types of the ABI: the requests and the answers of the capabilities among them.
pub const capability = generated;
pub const Capability = generated.Capability;

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
    _ = @import("schema.zig");
    _ = @import("time.zig");
    _ = @import("plugin.zig");
}
