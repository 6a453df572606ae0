//! One call of a step.
const std = @import("std");
const capability = @import("generated.zig");
const document = @import("document.zig");
const host = @import("host.zig");

const Capability = capability.Capability;
pub const Refused = capability.Refused;
const statuses = capability.statuses;

/// An answer of a step; the methods of `Call` make it.
pub const Result = struct { document: []const u8 };

/// The capability that did not answer ok last, and for how many seconds no further try
/// is accepted, 0 where the host doesn't say.
pub const Refusal = struct { capability: Capability, status: u32, retry_after: i64, why: []const u8 };

/// A call of a step of the type Step. What is allocated in the arena lives as long as
/// the call.
pub fn Call(comptime Step: type) type {
    return struct {
        input: capability.Input,
        arena: std.mem.Allocator,
        refusal: ?Refusal = null,

        const Self = @This();

        /// Ends the step with one of its outcomes. The effects are any of acr (a text, or
        /// a struct), vars, claims, amr, evidence (a list of Asserted) and subject (an
        /// id); one that is null is left out.
        pub fn outcome(self: *Self, name: Step.Outcome, effects: anytype) error{OutOfMemory}!Result {
            return self.named(@tagName(name), effects);
        }

        /// Ends the step with an outcome that its configuration named.
        pub fn named(self: *Self, name: []const u8, effects: anytype) error{OutOfMemory}!Result {
            return self.answer(Outcome(@TypeOf(effects)){ .name = name, .effects = effects });
        }

        /// Shows a page. The step runs again with the answers in `input.form`, and with
        /// what is kept, any JSON, as its `state`; null: nothing. The user never sees that.
        pub fn ask(self: *Self, prompt: capability.Prompt, kept: anytype) error{OutOfMemory}!Result {
            return self.answer(Page(@TypeOf(kept)){ .prompt = prompt, .state = kept });
        }

        /// Sends the browser away, to a URL that a capability of this call gave.
        pub fn redirect(self: *Self, url: []const u8, kept: anytype) error{OutOfMemory}!Result {
            return self.answer(Page(@TypeOf(kept)){ .redirect = .{ .url = url }, .state = kept });
        }

        /// A step error: the journey goes to the step's on_error, or ends. A wrong
        /// password is none: it is an outcome. The message is for the operator.
        pub fn fail(self: *Self, code: []const u8, message: []const u8) error{OutOfMemory}!Result {
            return self.answer(.{ .@"error" = .{ .code = code, .message = message } });
        }

        /// What the user typed into a field of the last prompt, "" where there is none.
        pub fn field(self: *const Self, name: []const u8) []const u8 {
            return if (self.input.form) |form| form.map.get(name) orelse "" else "";
        }

        /// What this step kept when it prompted, as a type.
        pub fn state(self: *const Self, comptime T: type) !T {
            return std.json.parseFromValueLeaky(T, self.arena, self.input.state, .{ .ignore_unknown_fields = true });
        }

        /// A text in the call's memory.
        pub fn print(self: *const Self, comptime format: []const u8, values: anytype) error{OutOfMemory}![]const u8 {
            return std.fmt.allocPrint(self.arena, format, values);
        }

        /// A value as JSON text, as for the body of a request.
        pub fn json(self: *const Self, value: anytype) error{OutOfMemory}![]const u8 {
            return std.json.Stringify.valueAlloc(self.arena, value, .{});
        }

        /// JSON text as a type, as for the body of an answer. Members that the type
        /// doesn't have are skipped.
        pub fn parse(self: *const Self, comptime T: type, text: []const u8) !T {
            return std.json.parseFromSliceLeaky(T, self.arena, text, .{ .ignore_unknown_fields = true });
        }

        /// Writes a line to the host's log. Never a secret: the log is kept.
        pub fn log(self: *const Self, level: host.Level, comptime format: []const u8, values: anytype) void {
            host.imports.log(level, self.print(format, values) catch format);
        }

        /// Asks a capability, which the step's description has to list.
        pub fn invoke(self: *Self, comptime c: Capability, request: capability.Request(c)) (Refused || error{OutOfMemory})!capability.Answer(c) {
            comptime if (!declares(c)) @compileError(@typeName(Step) ++ ".step.capabilities does not list ." ++ @tagName(c));
            const reply = try host.imports.invoke(c, self.arena, try self.json(request));
            if (reply.status != 0) return self.refuse(c, reply);
            return std.json.parseFromSliceLeaky(capability.Answer(c), self.arena, reply.answer, .{ .ignore_unknown_fields = true }) catch |err| {
                if (err == error.OutOfMemory) return error.OutOfMemory;
                self.refusal = .{ .capability = c, .status = 4, .retry_after = 0, .why = @errorName(err) };
                return error.UpstreamFault;
            };
        }

        fn refuse(self: *Self, c: Capability, reply: host.Reply) Refused {
            const said = std.json.parseFromSliceLeaky(struct { retry_after: i64 = 0 }, self.arena, reply.answer, .{ .ignore_unknown_fields = true });
            const known = reply.status <= statuses.len;
            self.refusal = .{
                .capability = c,
                .status = reply.status,
                .retry_after = if (said) |s| s.retry_after else |_| 0,
                .why = if (known) statuses[reply.status - 1].@"1" else "unknown status",
            };
            return if (known) statuses[reply.status - 1].@"0" else error.UnknownStatus;
        }

        /// The step error for an error that `run` returned, if a capability's refusal is
        /// what it is.
        pub fn refused(self: *Self, err: anyerror) error{OutOfMemory}!?Result {
            const r = self.refusal orelse return null;
            const code = for (statuses) |s| {
                if (s.@"0" == err) break s.@"2";
            } else if (err == error.UnknownStatus) "unknown_status" else return null;
            return try self.fail(code, try self.print("{s}: {s}", .{ @tagName(r.capability), r.why }));
        }

        fn answer(self: *Self, value: anytype) error{OutOfMemory}!Result {
            return .{ .document = try self.json(value) };
        }

        fn declares(comptime c: Capability) bool {
            const d: capability.Description = Step.step;
            return std.mem.indexOfScalar(Capability, d.capabilities, c) != null;
        }
    };
}

/// The output document of a prompt or a redirect.
fn Page(comptime State: type) type {
    return struct {
        prompt: ?capability.Prompt = null,
        redirect: ?struct { url: []const u8 } = null,
        state: if (State == @TypeOf(null)) ?u0 else ?State,

        pub const jsonStringify = document.sparse;
    };
}

/// The output document of an outcome.
fn Outcome(comptime Effects: type) type {
    return struct {
        name: []const u8,
        effects: Effects,

        pub fn jsonStringify(self: @This(), w: anytype) !void {
            const info = @typeInfo(Effects).@"struct";
            try w.beginObject();
            try w.objectField("outcome");
            try w.write(self.name);
            inline for (info.field_names, info.field_types) |name, T| {
                comptime if (!isEffect(name)) @compileError("an outcome has no member " ++ name ++ ", only acr, vars, claims, amr, evidence and subject");
                const value = @field(self.effects, name);
                const says = switch (@typeInfo(T)) {
                    .null => false,
                    .optional => value != null,
                    else => true,
                };
                if (says) {
                    try w.objectField(name);
                    if (comptime std.mem.eql(u8, name, "subject")) try w.write(.{ .id = value }) else try w.write(value);
                }
            }
            try w.endObject();
        }
    };
}

fn isEffect(comptime name: []const u8) bool {
    return inline for (.{ "acr", "vars", "claims", "amr", "evidence", "subject" }) |known| {
        if (comptime std.mem.eql(u8, name, known)) break true;
    } else false;
}
