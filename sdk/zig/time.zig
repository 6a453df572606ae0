//! Points in time, as the host writes them.
const std = @import("std");

const Text = []const u8;

/// A moment, in milliseconds since 1970.
pub const Time = struct {
    unix_ms: i64,

    /// Reads RFC 3339 in UTC, as the host writes it: 2026-11-23T07:00:00.123Z.
    pub fn parse(text: Text) error{InvalidTime}!Time {
        if (text.len < 20 or text[text.len - 1] != 'Z') return error.InvalidTime;
        for ("0000-00-00T00:00:00", text[0..19]) |form, c| {
            if (if (form == '0') !std.ascii.isDigit(c) else c != form) return error.InvalidTime;
        }
        const month = number(text[5..7]);
        if (month < 1 or month > 12) return error.InvalidTime;
        const seconds = daysBefore(number(text[0..4]), month, number(text[8..10])) * 86_400 +
            number(text[11..13]) * 3600 + number(text[14..16]) * 60 + number(text[17..19]);
        return .{ .unix_ms = seconds * 1000 + try fraction(text[19 .. text.len - 1]) };
    }

    pub fn jsonParse(allocator: std.mem.Allocator, source: anytype, options: std.json.ParseOptions) !Time {
        return parse(try std.json.innerParse(Text, allocator, source, options)) catch error.UnexpectedToken;
    }

    pub fn jsonStringify(self: Time, w: anytype) !void {
        return w.write(self.unix_ms);
    }

    fn number(digits: Text) i64 {
        var n: i64 = 0;
        for (digits) |d| n = n * 10 + (d - '0');
        return n;
    }

    /// Whole milliseconds of ".5", of 1 to 9 digits.
    fn fraction(text: Text) error{InvalidTime}!i64 {
        if (text.len == 0) return 0;
        if (text[0] != '.' or text.len < 2 or text.len > 10) return error.InvalidTime;
        for (text[1..]) |d| if (!std.ascii.isDigit(d)) return error.InvalidTime;
        return @divFloor(number(text[1..]) * 1000, std.math.pow(i64, 10, @intCast(text.len - 1)));
    }

    /// Days from 1970 to a day of the Gregorian calendar, counted in years that begin in
    /// March, so that a leap day is the last of its year.
    fn daysBefore(year: i64, month: i64, day: i64) i64 {
        const y = if (month > 2) year else year - 1;
        const m = @mod(month + 9, 12);
        return 365 * y + @divFloor(y, 4) - @divFloor(y, 100) + @divFloor(y, 400) + @divFloor(153 * m + 2, 5) + day - 1 - 719_468;
    }
};

test "times are milliseconds" {
    const cases = [_]struct { Text, i64 }{
        .{ "1970-01-01T00:00:00Z", 0 },
        .{ "2026-11-23T07:00:00.123Z", 1_795_417_200_123 },
        .{ "2024-02-29T23:59:59.9Z", 1_709_251_199_900 },
        .{ "2000-03-01T00:00:00.123456789Z", 951_868_800_123 },
        .{ "1969-12-31T23:59:59Z", -1000 },
    };
    for (cases) |c| try std.testing.expectEqual(c[1], (try Time.parse(c[0])).unix_ms);
    for ([_]Text{ "", "2026-11-23", "2026-11-23T07:00:00", "2026-11-23T07:00:00+01:00", "2026-13-23T07:00:00Z", "2026-11-23T07:00:00.Z", "2026-11-23T07:00:0xZ" }) |text|
        try std.testing.expectError(error.InvalidTime, Time.parse(text));
}
