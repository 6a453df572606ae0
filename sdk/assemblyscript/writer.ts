// Writes JSON text as UTF-8.
import { Json, Kind } from "./json";

/** A buffer of UTF-8 that grows. */
export class Writer {
  private bytes: StaticArray<u8> = new StaticArray<u8>(1024);
  length: i32 = 0;

  /** Where the text is; good until the next write. */
  get start(): usize { return changetype<usize>(this.bytes); }

  toString(): string { return String.UTF8.decodeUnsafe(this.start, this.length); }

  json(v: Json): Writer {
    switch (v.kind) {
      case Kind.Text: this.quoted(v.raw); break;
      case Kind.List: this.list(v); break;
      case Kind.Object: this.object(v); break;
      default: this.ascii(v.raw);
    }
    return this;
  }

  private list(v: Json): void {
    this.byte(0x5b);
    for (let i = 0; i < v.items.length; i++) {
      if (i > 0) this.byte(0x2c);
      this.json(v.items[i]);
    }
    this.byte(0x5d);
  }

  private object(v: Json): void {
    this.byte(0x7b);
    for (let i = 0; i < v.items.length; i++) {
      if (i > 0) this.byte(0x2c);
      this.quoted(v.names[i]);
      this.byte(0x3a);
      this.json(v.items[i]);
    }
    this.byte(0x7d);
  }

  private quoted(text: string): void {
    this.byte(0x22);
    for (let i = 0; i < text.length; i++) {
      let c: u32 = text.charCodeAt(i);
      if ((c & 0xf800) == 0xd800) {
        const low: u32 = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
        const pair = c < 0xdc00 && (low & 0xfc00) == 0xdc00;
        c = pair ? 0x10000 + ((c & 0x3ff) << 10 | low & 0x3ff) : 0xfffd;
        if (pair) i++;
      }
      if (c == 0x22 || c == 0x5c) this.byte(0x5c);
      if (c < 0x20) this.ascii("\\u00" + (c < 16 ? "0" : "1") + "0123456789abcdef".charAt(c & 15));
      else this.scalar(c);
    }
    this.byte(0x22);
  }

  /** Writes a Unicode scalar. */
  private scalar(c: u32): void {
    if (c < 0x80) return this.byte(<u8>c);
    if (c < 0x800) {
      this.byte(<u8>(0xc0 | c >> 6));
    } else {
      if (c < 0x10000) {
        this.byte(<u8>(0xe0 | c >> 12));
      } else {
        this.byte(<u8>(0xf0 | c >> 18));
        this.byte(<u8>(0x80 | c >> 12 & 0x3f));
      }
      this.byte(<u8>(0x80 | c >> 6 & 0x3f));
    }
    this.byte(<u8>(0x80 | c & 0x3f));
  }

  private ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(<u8>text.charCodeAt(i));
  }

  private byte(b: u8): void {
    if (this.length == this.bytes.length) {
      const larger = new StaticArray<u8>(this.length << 1);
      memory.copy(changetype<usize>(larger), this.start, this.length);
      this.bytes = larger;
    }
    unchecked(this.bytes[this.length++] = b);
  }
}
