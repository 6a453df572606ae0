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
                const a = try call.invoke(c, self.request(acrhost.capability.Request(c)));
                return switch (c) {
                    .password_verify => call.outcome(.ok, .{ .vars = .{ .ok = a.ok, .change = a.change, .retry_after = a.retry_after } }),
                    .password_set => call.outcome(.ok, .{ .vars = .{ .ok = a.ok, .reason = a.reason orelse "" } }),
                    .totp_verify => call.outcome(.ok, .{ .vars = .{ .ok = a.ok, .retry_after = a.retry_after } }),
                    .recovery_verify => call.outcome(.ok, .{ .vars = a }),
                    .address_enroll => call.outcome(.ok, .{ .vars = .{ .to = a.to } }),
                    .passkey_login, .passkey_register, .totp_confirm, .address_confirm, .consent_check => call.outcome(.ok, .{ .vars = .{ .ok = a.ok } }),
                    else => call.outcome(.ok, .{}),
                };
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
};
