//! A step that sets the acr, and nothing else.
const acrhost = @import("acrhost");

const SetAcr = struct {
    acr: []const u8,

    pub const doc = .{ .acr = "The acr to set." };
    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{
        .title = "Set the acr",
        .writes = .{ .acr_from = &.{"/acr"} },
    };

    pub fn run(self: SetAcr, call: *acrhost.Call(SetAcr)) !acrhost.Result {
        return call.outcome(.ok, .{ .acr = self.acr });
    }
};

comptime {
    acrhost.plugin(.{ .name = "com.example.set-acr", .version = "1.0.0", .title = "Set the acr" }, .{ .@"set-acr" = SetAcr }).exports();
}

pub const panic = acrhost.panic;

test "sets the acr" {
    var host: acrhost.Double = .init(&.{});
    defer host.deinit();
    try host.expect(SetAcr,
        \\{"config": {"acr": "2.0"}}
    ,
        \\{"outcome": "ok", "acr": "2.0"}
    );
}

test "demands its configuration" {
    var host: acrhost.Double = .init(&.{});
    defer host.deinit();
    try host.expect(SetAcr,
        \\{"config": {}}
    ,
        \\{"error": {"code": "config", "message": "config.acr is required"}}
    );
}
