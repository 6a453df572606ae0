//! The capabilities that no other step calls.
const std = @import("std");
const acrhost = @import("acrhost");

const Text = []const u8;
const Call = acrhost.Call(Factor);

pub const Factor = struct {
    call: Text,
    value: Text = "",
    channel: Text = "sms",
    username: ?Text = null,
    name: ?Text = null,
    user_verification: ?Text = null,

    pub const Outcome = enum { ok, refused };
    pub const step: acrhost.Description = .{
        .title = "Call another capability",
        .writes = .{ .vars = &.{"*"} },
        .capabilities = &.{
            .password_verify, .password_set,    .passkey_login_options, .passkey_login,   .passkey_register_options, .passkey_register,
            .totp_verify,     .totp_enroll,     .totp_confirm,          .recovery_verify, .recovery_generate,        .recovery_confirm,
            .address_enroll,  .address_confirm, .consent_check,         .consent_give,
        },
    };

    pub fn run(self: Factor, call: *Call) !acrhost.Result {
        return self.ask(call) catch |err| {
            const refusal = call.refusal orelse return err;
            return call.outcome(.refused, .{ .vars = .{ .status = refusal.status } });
        };
    }

    fn ask(self: Factor, call: *Call) !acrhost.Result {
        inline for (step.capabilities) |c| {
            if (std.mem.eql(u8, self.call, @tagName(c))) {
                const answer = try call.invoke(c, self.request(acrhost.capability.Request(c)));
                if (@typeInfo(@TypeOf(answer)).@"struct".field_names.len == 0) return call.outcome(.ok, .{});
                return call.outcome(.ok, .{ .vars = told(answer) });
            }
        }
        return call.fail("config", "there is no such capability");
    }

    /// A request of the members that its type has: what is checked is the value.
    fn request(self: Factor, comptime R: type) R {
        var r: R = undefined;
        inline for (@typeInfo(R).@"struct".field_names) |name| {
            @field(r, name) = if (@hasField(Factor, name)) @field(self, name) else self.value;
        }
        return r;
    }

    /// An answer as it is typed, but for a reason that there may not be.
    fn told(answer: anytype) Told(@TypeOf(answer)) {
        return if (@hasField(@TypeOf(answer), "reason")) .{ .ok = answer.ok, .reason = answer.reason orelse "" } else answer;
    }

    fn Told(comptime A: type) type {
        return if (@hasField(A, "reason")) struct { ok: bool, reason: Text } else A;
    }
};
