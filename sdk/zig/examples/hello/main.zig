//! A step that greets whoever logs in, in a variable of the journey.
const acrhost = @import("acrhost");

const Hello = struct {
    greeting: []const u8 = "Hello",

    pub const doc = .{ .greeting = "The word before the name." };
    pub const Outcome = enum { ok };
    pub const step: acrhost.Description = .{
        .title = "Greet the user",
        .writes = .{ .vars = &.{"greeting"} },
    };

    pub fn run(self: Hello, call: *acrhost.Call(Hello)) !acrhost.Result {
        const known = if (call.input.subject) |subject| subject.username else "";
        const name = if (known.len > 0) known else "stranger";
        return call.outcome(.ok, .{ .vars = .{ .greeting = try call.print("{s}, {s}", .{ self.greeting, name }) } });
    }
};

comptime {
    acrhost.plugin(.{ .name = "com.example.hello", .version = "1.0.0", .title = "Hello" }, .{ .hello = Hello }).exports();
}

pub const panic = acrhost.panic;

test "greets by name" {
    var host: acrhost.Double = .init(&.{});
    defer host.deinit();
    try host.expect(Hello,
        \\{"subject": {"id": "u1", "username": "alice"}}
    ,
        \\{"outcome": "ok", "vars": {"greeting": "Hello, alice"}}
    );
}

test "greets a stranger, as configured" {
    var host: acrhost.Double = .init(&.{});
    defer host.deinit();
    try host.expect(Hello,
        \\{"config": {"greeting": "Grüezi"}, "subject": null}
    ,
        \\{"outcome": "ok", "vars": {"greeting": "Grüezi, stranger"}}
    );
}
