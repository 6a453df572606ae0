// The capabilities as WebAssembly has them. One that no step calls is not imported.

// @ts-ignore: decorator
@external("acrhost_cap_v1", "user_identify")
export declare function user_identify(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "password_verify")
export declare function password_verify(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "password_set")
export declare function password_set(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "otp_send")
export declare function otp_send(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "otp_verify")
export declare function otp_verify(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "user_factors")
export declare function user_factors(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "passkey_login_options")
export declare function passkey_login_options(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "passkey_login")
export declare function passkey_login(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "passkey_register_options")
export declare function passkey_register_options(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "passkey_register")
export declare function passkey_register(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "totp_verify")
export declare function totp_verify(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "totp_enroll")
export declare function totp_enroll(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "totp_confirm")
export declare function totp_confirm(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "recovery_verify")
export declare function recovery_verify(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "recovery_generate")
export declare function recovery_generate(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "recovery_confirm")
export declare function recovery_confirm(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "address_enroll")
export declare function address_enroll(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "address_confirm")
export declare function address_confirm(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "consent_check")
export declare function consent_check(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "consent_give")
export declare function consent_give(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "upstream_begin")
export declare function upstream_begin(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "upstream_finish")
export declare function upstream_finish(ptr: usize, len: i32): i32;

// @ts-ignore: decorator
@external("acrhost_cap_v1", "http_fetch")
export declare function http_fetch(ptr: usize, len: i32): i32;
