//! The capabilities of ABI 1.0: what each is asked, and what it answers. sdk/ABI.md has
//! the table with what they do.
const Table = @import("std").json.ArrayHashMap;
const Value = @import("std").json.Value;
const document = @import("document.zig");

const Text = []const u8;
const sparse = document.sparse;

/// The names, as they are imported.
pub const Capability = enum {
    user_identify,
    password_verify,
    password_set,
    otp_send,
    otp_verify,
    user_factors,
    passkey_login_options,
    passkey_login,
    passkey_register_options,
    passkey_register,
    totp_verify,
    totp_enroll,
    totp_confirm,
    recovery_verify,
    recovery_generate,
    recovery_confirm,
    address_enroll,
    address_confirm,
    consent_check,
    consent_give,
    upstream_begin,
    upstream_finish,
    http_fetch,
};

/// How a capability is refused. A step that expects one of these catches it; returned
/// from `run` it is a step error whose code is the status, as in upstream_fault.
pub const Refused = error{ Denied, BadRequest, NotFound, UpstreamFault, LimitReached, UnknownStatus };

pub fn Request(comptime c: Capability) type {
    return switch (c) {
        .user_identify => struct { username: Text },
        .password_verify => struct {
            username: ?Text = null,
            password: Text,
            pub const jsonStringify = sparse;
        },
        .password_set => struct { password: Text },
        .otp_send => struct {
            channel: Text,
            length: ?u8 = null,
            ttl_seconds: ?u32 = null,
            text: ?Text = null,
            pub const jsonStringify = sparse;
        },
        .otp_verify, .address_confirm => struct { channel: Text, code: Text },
        .passkey_login_options, .passkey_register_options => struct {
            user_verification: ?Text = null,
            pub const jsonStringify = sparse;
        },
        .passkey_login => struct { response: Text },
        .passkey_register => struct {
            response: Text,
            name: ?Text = null,
            pub const jsonStringify = sparse;
        },
        .totp_verify, .recovery_verify => struct { code: Text },
        .totp_confirm => struct {
            code: Text,
            name: ?Text = null,
            pub const jsonStringify = sparse;
        },
        .address_enroll => struct { channel: Text, address: Text },
        .upstream_begin => struct {
            provider: Text,
            acr_values: []const Text = &.{},
            prompt: ?Text = null,
            max_age: ?i64 = null,
            login_hint: ?Text = null,
            pub const jsonStringify = sparse;
        },
        .http_fetch => struct {
            method: ?Text = null,
            url: Text,
            headers: ?Table(Text) = null,
            body: ?Text = null,
            pub const jsonStringify = sparse;
        },
        .user_factors, .totp_enroll, .recovery_generate, .recovery_confirm, .consent_check, .consent_give, .upstream_finish => struct {},
    };
}

pub fn Answer(comptime c: Capability) type {
    return switch (c) {
        .user_identify => struct { subject: document.Subject },
        .password_verify => struct { ok: bool, change: bool = false, retry_after: i64 = 0 },
        .password_set => struct { ok: bool, reason: ?Text = null },
        .otp_send => struct { to: Text, retry_after: i64 = 0 },
        .otp_verify, .totp_verify => struct { ok: bool, retry_after: i64 = 0 },
        .address_confirm, .consent_check, .passkey_login, .passkey_register, .totp_confirm => struct { ok: bool },
        .recovery_verify => struct { ok: bool, left: u32 = 0, retry_after: i64 = 0 },
        .user_factors => struct { password: bool = false, passkeys: u32 = 0, totp: u32 = 0, recovery_codes: u32 = 0, phone: bool = false, email: bool = false },
        .address_enroll => struct { to: Text },
        .upstream_begin => struct { url: Text },
        .upstream_finish => struct { ok: bool, @"error": ?Text = null, claims: Table(Value) = .{}, acr: ?Text = null, amr: []const Text = &.{} },
        .http_fetch => struct { status: u16, headers: Table(Text) = .{}, body: Text = "" },
        .passkey_login_options, .passkey_register_options, .totp_enroll, .recovery_generate, .recovery_confirm, .consent_give => struct {},
    };
}
