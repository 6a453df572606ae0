// Reads JSON text (RFC 8259).
import { Fault, Json, Kind } from "./json";

const enum Char {
  Tab = 0x09, Newline = 0x0a, Return = 0x0d, Space = 0x20, Quote = 0x22, Plus = 0x2b, Comma = 0x2c, Minus = 0x2d, Dot = 0x2e,
  Zero = 0x30, Nine = 0x39, Colon = 0x3a, ListOpen = 0x5b, Backslash = 0x5c, ListClose = 0x5d, ObjectOpen = 0x7b, ObjectClose = 0x7d,
}

/** How deep a document may be nested: each level is two calls, and a host allows 2,000. */
const MAX_DEPTH: i32 = 500;

/** Reads one document of UTF-8, which the host or String.UTF8 made. */
export class Scanner {
  private at: i32 = 0;
  private readonly base: usize;
  private readonly end: i32;

  constructor(private readonly bytes: Uint8Array) {
    this.base = bytes.dataStart;
    this.end = bytes.length;
  }

  /** The whole document. What is no JSON gives null, and leaves a fault. */
  document(): Json {
    const value = this.value(0);
    this.space();
    if (this.at < this.end) this.fail();
    return Fault.text == "" ? value : Json.null;
  }

  private value(depth: i32): Json {
    this.space();
    switch (this.peek()) {
      case Char.ObjectOpen: return this.object(depth + 1);
      case Char.ListOpen: return this.list(depth + 1);
      case Char.Quote: return new Json(Kind.Text, this.text());
      case 0x6e: return this.word("null", Kind.Null); // n
      case 0x74: return this.word("true", Kind.Bool); // t
      case 0x66: return this.word("false", Kind.Bool); // f
      default: return this.number();
    }
  }

  private object(depth: i32): Json {
    const into = Json.object();
    if (!this.opens(Char.ObjectClose, depth)) return into;
    do {
      this.space();
      into.names.push(this.text());
      this.space();
      if (!this.take(Char.Colon)) this.fail();
      into.items.push(this.value(depth));
    } while (this.more(Char.ObjectClose));
    return into;
  }

  private list(depth: i32): Json {
    const into = Json.list();
    if (!this.opens(Char.ListClose, depth)) return into;
    do into.items.push(this.value(depth)); while (this.more(Char.ListClose));
    return into;
  }

  /** Steps into a container, and says whether anything is in it. */
  private opens(close: Char, depth: i32): bool {
    this.at++;
    if (depth > MAX_DEPTH) {
      Fault.say("is nested too deep");
      this.at = this.end;
      return false;
    }
    this.space();
    return !this.take(close);
  }

  /** Whether another element follows. */
  private more(close: Char): bool {
    this.space();
    if (this.take(Char.Comma)) return true;
    if (!this.take(close)) this.fail();
    return false;
  }

  private word(text: string, kind: Kind): Json {
    for (let i = 0; i < text.length; i++) {
      if (!this.take(text.charCodeAt(i))) {
        this.fail();
        return Json.null;
      }
    }
    return kind == Kind.Null ? Json.null : new Json(kind, text);
  }

  private number(): Json {
    const from = this.at;
    this.take(Char.Minus);
    if (!this.take(Char.Zero)) this.digits();
    if (this.take(Char.Dot)) this.digits();
    if (this.take(0x65) || this.take(0x45)) { // e, E
      if (!this.take(Char.Plus)) this.take(Char.Minus);
      this.digits();
    }
    return new Json(Kind.Number, String.UTF8.decodeUnsafe(this.base + from, this.at - from));
  }

  private digits(): void {
    const from = this.at;
    while (this.peek() >= Char.Zero && this.peek() <= Char.Nine) this.at++;
    if (this.at == from) this.fail();
  }

  private text(): string {
    if (!this.take(Char.Quote)) this.fail();
    const from = this.at;
    let escaped = false;
    while (this.at < this.end) {
      const c = this.peek();
      if (c == Char.Quote) {
        const n = this.at++ - from;
        return escaped ? this.unescape(from, n) : String.UTF8.decodeUnsafe(this.base + from, n);
      }
      if (c < Char.Space) break;
      if (c == Char.Backslash) {
        escaped = true;
        this.at++;
      }
      this.at++;
    }
    this.fail();
    return "";
  }

  /** A text with escapes. Half of a surrogate pair stays half; it is written as U+FFFD. */
  private unescape(from: i32, n: i32): string {
    const plain = String.UTF8.decodeUnsafe(this.base + from, n);
    const units = new StaticArray<u16>(plain.length);
    let length = 0;
    for (let i = 0; i < plain.length; i++) {
      let c = plain.charCodeAt(i);
      if (c == Char.Backslash) {
        c = plain.charCodeAt(++i);
        if (c == 0x75) { // u
          c = hex(plain, i + 1);
          if (c < 0) this.fail();
          i += 4;
        } else {
          const special = "bfnrt".indexOf(String.fromCharCode(c));
          if (special >= 0) c = "\b\f\n\r\t".charCodeAt(special);
          else if (c != Char.Quote && c != Char.Backslash && c != 0x2f) this.fail();
        }
      }
      units[length++] = <u16>c;
    }
    return String.UTF16.decodeUnsafe(changetype<usize>(units), length << 1);
  }

  private space(): void {
    while (this.at < this.end) {
      const c = this.peek();
      if (c != Char.Space && c != Char.Newline && c != Char.Return && c != Char.Tab) return;
      this.at++;
    }
  }

  @inline private peek(): i32 {
    return this.at < this.end ? <i32>load<u8>(this.base + this.at) : -1;
  }

  private take(c: i32): bool {
    if (this.peek() != c) return false;
    this.at++;
    return true;
  }

  /** Ends the reading: nothing is left to read. */
  private fail(): void {
    Fault.say(`is no JSON at byte ${this.at}`);
    this.at = this.end;
  }
}

/** Four hexadecimal digits; -1 where there are none. */
function hex(text: string, from: i32): i32 {
  if (from + 4 > text.length) return -1;
  let n = 0;
  for (let i = from; i < from + 4; i++) {
    const c = text.charCodeAt(i) | 0x20; // digits have that bit
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x66 ? c - 0x57 : -1;
    if (digit < 0) return -1;
    n = n << 4 | digit;
  }
  return n;
}
