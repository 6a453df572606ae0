// Points in time, as the host writes them.
import { Fault, Json, Kind } from "./json";

/** A moment. */
export class Time {
  unixMs: i64 = 0;

  __read(v: Json, strict: bool): void {
    const text = v.raw;
    // RFC 3339 in UTC, as the host writes it: 2026-11-23T07:00:00.123Z. Date reads no
    // more than three digits of a fraction.
    if (v.kind != Kind.Text || text.length < 20 || !text.endsWith("Z")) return Fault.say("is not a time");
    this.unixMs = Date.parse(text.substring(0, 19) + "Z").getTime();
    if (text.length > 20) this.unixMs += <i64>I32.parseInt(text.substring(20, text.length - 1).padEnd(3, "0").substring(0, 3));
  }

  __json(): Json { return Json.of(this.unixMs); }
}
