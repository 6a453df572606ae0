//! A step that asks for a PIN.
const acrhost = @import("acrhost");

const Pin = struct {
    pin: []const u8,
    level: []const u8 = "pin",

    pub const doc = .{
        .pin = "The PIN that is right.",
        .level = "The acr that the right PIN sets.",
    };
    pub const Outcome = enum { ok, failed };
    pub const step: acrhost.Description = .{
        .title = "Ask for a PIN",
        .writes = .{ .acr_from = &.{"/level"} },
    };

    pub fn run(self: Pin, call: *acrhost.Call(Pin)) !acrhost.Result {
        if (call.input.form == null) return call.ask(.{
            .title = "Enter your PIN",
            .fields = &.{.{ .name = "pin", .type = .password, .label = "PIN", .required = true }},
        }, .{ .shown = 1 });
        if (!same(call.field("pin"), self.pin)) return call.outcome(.failed, .{});
        return call.outcome(.ok, .{ .acr = self.level });
    }
};

/// Compares in a time that tells nothing about where the two differ.
fn same(a: []const u8, b: []const u8) bool {
    if (a.len != b.len) return false;
    var differs: u8 = 0;
    for (a, b) |x, y| differs |= x ^ y;
    return differs == 0;
}

comptime {
    acrhost.plugin(.{ .name = "com.example.prompt", .version = "1.0.0", .title = "Ask for a PIN" }, .{ .pin = Pin }).exports();
}

pub const panic = acrhost.panic;

test "asks first" {
    var host: acrhost.Double = .init(&.{});
    defer host.deinit();
    try host.expect(Pin,
        \\{"config": {"pin": "1234"}}
    ,
        \\{"prompt": {"title": "Enter your PIN", "fields": [{"name": "pin", "type": "password", "label": "PIN", "required": true}]},
        \\ "state": {"shown": 1}}
    );
}

test "the right PIN sets the level, another fails" {
    var host: acrhost.Double = .init(&.{});
    defer host.deinit();
    try host.expect(Pin,
        \\{"config": {"pin": "1234"}, "form": {"pin": "1234"}, "action": "submit", "state": {"shown": 1}}
    ,
        \\{"outcome": "ok", "acr": "pin"}
    );
    try host.expect(Pin,
        \\{"config": {"pin": "1234"}, "form": {"pin": "4321"}, "action": "submit", "state": {"shown": 1}}
    ,
        \\{"outcome": "failed"}
    );
}
