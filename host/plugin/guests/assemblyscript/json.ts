// A cursor over a JSON document that finds members and reads strings, and nothing
// more. The host wrote the document, so it is valid; a document cut short is broken.

const enum Char {
  Space = 0x20, Quote = 0x22, Comma = 0x2c, Colon = 0x3a, Backslash = 0x5c,
  ListOpen = 0x5b, ListClose = 0x5d, ObjectOpen = 0x7b, ObjectClose = 0x7d,
}

export class Cursor {
  /** The document isn't what it should be. */
  broken: bool = false;

  constructor(private document: Uint8Array, private at: i32 = 0) {}

  /** Another cursor at the same place. */
  copy(): Cursor {
    return new Cursor(this.document, this.at);
  }

  /** Goes to the value of a member of the object at the cursor, if it has one. */
  member(name: string): bool {
    if (!this.take(Char.ObjectOpen)) return this.fail();
    if (this.take(Char.ObjectClose)) return false;
    do {
      const found = this.string() == name;
      if (!this.take(Char.Colon)) return this.fail();
      if (found) return true;
      this.skip();
    } while (this.take(Char.Comma));
    return this.take(Char.ObjectClose) ? false : this.fail();
  }

  /** Reads the list of strings at the cursor. */
  strings(): string[] {
    const list: string[] = [];
    if (!this.take(Char.ListOpen)) this.fail();
    if (this.take(Char.ListClose)) return list;
    do list.push(this.string()); while (this.take(Char.Comma));
    if (!this.take(Char.ListClose)) this.fail();
    return list;
  }

  /** Reads a string. */
  string(): string {
    const from = this.quoted();
    if (this.broken) return "";
    const text = String.UTF8.decodeUnsafe(this.document.dataStart + from, this.at - 1 - from);
    return text.includes("\\") ? unescape(text) : text;
  }

  /** Steps over a string and gives where its text began. */
  private quoted(): i32 {
    if (!this.take(Char.Quote)) this.fail();
    const from = this.at;
    while (this.at < this.document.length) {
      const c: i32 = unchecked(this.document[this.at++]);
      if (c == Char.Quote) return from;
      if (c == Char.Backslash) this.at++;
    }
    this.fail();
    return from;
  }

  /** Steps over one value, whatever is in it. */
  private skip(): void {
    let depth = 0;
    do {
      switch (this.next()) {
        case Char.Quote: this.quoted(); break;
        case Char.ListOpen: case Char.ObjectOpen: depth++; this.at++; break;
        case Char.ListClose: case Char.ObjectClose: depth--; this.at++; break;
        case Char.Comma: case Char.Colon: this.at++; break;
        default: this.scalar();
      }
    } while (depth > 0 && !this.broken);
  }

  /** Steps over a number, true, false or null. */
  private scalar(): void {
    const from = this.at;
    while (this.at < this.document.length) {
      const c: i32 = unchecked(this.document[this.at]);
      if (c <= Char.Space || c == Char.Comma || c == Char.ListClose || c == Char.ObjectClose) break;
      this.at++;
    }
    if (this.at == from) this.fail();
  }

  /** Steps over a character, if it is the next one. */
  private take(want: Char): bool {
    if (this.next() != want) return false;
    this.at++;
    return true;
  }

  /** The next character that isn't white space; -1 at the end. */
  private next(): i32 {
    while (this.at < this.document.length) {
      const c: i32 = unchecked(this.document[this.at]);
      if (c > Char.Space) return c;
      this.at++;
    }
    return -1;
  }

  private fail(): bool {
    this.broken = true;
    this.at = this.document.length;
    return false;
  }
}

function unescape(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    let c = text.charAt(i);
    if (c == "\\") {
      c = text.charAt(++i);
      const special = "bfnrt".indexOf(c);
      if (c == "u") {
        c = String.fromCharCode(I32.parseInt(text.substr(i + 1, 4), 16));
        i += 4;
      } else if (c != "" && special >= 0) c = "\b\f\n\r\t".charAt(special);
    }
    out += c;
  }
  return out;
}
