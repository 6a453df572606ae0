// JSON: values, reading and writing. No exception can be caught in AssemblyScript, so
// what reads inside leaves a fault, and who began looks at it at the end.
import { Scanner } from "./scan";
import { Writer } from "./writer";

export enum Kind { Null, Bool, Number, Text, List, Object }

/** What was wrong with what was read last, and where in it. */
export class Fault {
  static text: string = "";
  static path: string = "";

  /** Notes the first fault. */
  static say(text: string): void {
    if (Fault.text == "") {
      Fault.text = text;
      Fault.path = "";
    }
  }

  /** Puts a step before the path of a fault. */
  static within(step: string): void {
    if (Fault.text != "") Fault.path = step + Fault.path;
  }

  /** Gives the fault, "" if there is none, and forgets it. */
  static take(what: string): string {
    const text = Fault.text == "" ? "" : `${what}${Fault.path} ${Fault.text}`;
    Fault.text = "";
    Fault.path = "";
    return text;
  }
}

// What a scalar has of items: most values are scalars, and take no memory for them.
const noItems: Json[] = [];
const noNames: string[] = [];

/** Any JSON. Scalars keep the text that they were read as, so that none changes on the way through. */
export class Json {
  static readonly null: Json = new Json(Kind.Null, "null");

  readonly items: Json[]; // of a list, or the values of an object
  readonly names: string[];

  constructor(readonly kind: Kind, readonly raw: string = "") {
    this.items = kind == Kind.List || kind == Kind.Object ? [] : noItems;
    this.names = kind == Kind.Object ? [] : noNames;
  }

  /** Reads a document. Throws where the text is none. */
  static parse(text: string): Json {
    const document = Json.tryParse(text);
    if (document === null) throw new Error("the text is no JSON");
    return document;
  }

  /** Reads a document; null where the text is none. */
  static tryParse(text: string): Json | null {
    const document = new Scanner(Uint8Array.wrap(String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE))).document();
    return Fault.take("") == "" ? document : null;
  }

  static list(): Json { return new Json(Kind.List); }
  static object(): Json { return new Json(Kind.Object); }

  /** A value as JSON: a text, number or truth value, a list or table of such, or a class with @data. */
  static of<T>(value: T): Json { return write<T>(value); }

  get isNull(): bool { return this.kind == Kind.Null; }

  /** The text. Throws where it is none: what an answer lacks must not pass for "". */
  get text(): string {
    if (this.kind != Kind.Text) throw new Error("the JSON is no text");
    return this.raw;
  }

  /** The number. Throws where it is none. */
  get number(): f64 {
    if (this.kind != Kind.Number) throw new Error("the JSON is no number");
    return parseFloat(this.raw);
  }

  /** The truth value. Throws where it is none. */
  get bool(): bool {
    if (this.kind != Kind.Bool) throw new Error("the JSON is neither true nor false");
    return this.raw == "true";
  }

  /** A member of an object, null where there is none. */
  get(name: string): Json {
    for (let i = this.names.length - 1; i >= 0; i--) {
      if (this.names[i] == name) return this.items[i];
    }
    return Json.null;
  }

  /** Sets a member of an object, and gives the object. */
  set<T>(name: string, value: T): Json {
    if (this.kind != Kind.Object) throw new Error("the JSON is no object");
    const at = this.names.indexOf(name);
    if (at >= 0) {
      this.items[at] = write<T>(value);
    } else {
      this.names.push(name);
      this.items.push(write<T>(value));
    }
    return this;
  }

  /** Appends to a list, and gives the list. */
  push<T>(value: T): Json {
    if (this.kind != Kind.List) throw new Error("the JSON is no list");
    this.items.push(write<T>(value));
    return this;
  }

  /** Reads it as a type, such as a class with @data. Throws where it doesn't fit; members that the type doesn't have are skipped. */
  as<T>(): T {
    const value = read<T>(this, false);
    const fault = Fault.take("the JSON");
    if (fault != "") throw new Error(fault);
    return value;
  }

  toString(): string { return new Writer().json(this).toString(); }
}

/** An object whose names the data decides. */
export class Table<T> {
  readonly names: string[] = [];
  readonly values: T[] = [];

  has(name: string): bool { return this.names.includes(name); }

  /** The value of a name, or another where there is none. */
  get(name: string, otherwise: T): T {
    const at = this.names.indexOf(name);
    return at < 0 ? otherwise : this.values[at];
  }

  set(name: string, value: T): Table<T> {
    const at = this.names.indexOf(name);
    if (at >= 0) {
      this.values[at] = value;
    } else {
      this.names.push(name);
      this.values.push(value);
    }
    return this;
  }

  __read(v: Json, strict: bool): void {
    if (v.kind != Kind.Object) return Fault.say("is not an object");
    for (let i = 0; i < v.names.length; i++) {
      this.names.push(v.names[i]);
      this.values.push(read<T>(v.items[i], strict));
      if (Fault.text != "") return Fault.within("." + v.names[i]);
    }
  }

  __json(): Json {
    const into = Json.object();
    for (let i = 0; i < this.names.length; i++) {
      into.names.push(this.names[i]);
      into.items.push(write<T>(this.values[i]));
    }
    return into;
  }
}

/** A number or truth value that may be missing, as in Box<i64> | null. */
export class Box<T> {
  constructor(public value: T = <T>0) {}
  __read(v: Json, strict: bool): void { this.value = read<T>(v, strict); }
  __json(): Json { return write<T>(this.value); }
}

/** Reads a value as a type; strictly: members that the type doesn't have are faults. */
export function read<T>(v: Json, strict: bool): T {
  if (isBoolean<T>()) {
    if (v.kind != Kind.Bool) Fault.say("is not true or false");
    return <T>(v.raw == "true");
  } else if (isInteger<T>()) {
    return whole<T>(v);
  } else if (isFloat<T>()) {
    if (v.kind != Kind.Number) Fault.say("is not a number");
    return v.kind == Kind.Number ? <T>v.number : 0;
  } else if (isNullable<T>()) {
    return v.isNull ? changetype<T>(0) : read<nonnull<T>>(v, strict);
  } else if (isString<T>()) {
    if (v.kind != Kind.Text) Fault.say("is not a text");
    return (v.kind == Kind.Text ? v.raw : "") as T;
  } else if (idof<T>() == idof<Json>()) {
    return changetype<T>(v);
  } else if (isArray<T>()) {
    const list = instantiate<T>();
    if (v.kind != Kind.List) Fault.say("is not a list");
    for (let i = 0; i < v.items.length && Fault.text == ""; i++) {
      list.push(read<valueof<T>>(v.items[i], strict));
      Fault.within(`[${i}]`);
    }
    return list;
  } else {
    const into = instantiate<T>();
    into.__read(v, strict);
    return into;
  }
}

/** A whole number, in any spelling: 2, 2.0 and 2e0 are one in JSON Schema. */
function whole<T>(v: Json): T {
  if (v.kind != Kind.Number) {
    Fault.say("is not a whole number");
    return 0;
  }
  const plain = v.raw.indexOf(".") < 0 && v.raw.indexOf("e") < 0 && v.raw.indexOf("E") < 0;
  if (plain && v.raw.length <= 18) return fit<T>(I64.parseInt(v.raw));
  const n = v.number;
  // 19 digits: beyond what a double tells apart, and still within 64 bits.
  if (plain && n > -9.2e18 && n < 9.2e18) return fit<T>(I64.parseInt(v.raw));
  if (Math.trunc(n) != n || Math.abs(n) > 9007199254740992) {
    Fault.say("is not a whole number in range");
    return 0;
  }
  return fit<T>(<i64>n);
}

function fit<T>(n: i64): T {
  if (sizeof<T>() < 8 && <i64>(<T>n) != n || !isSigned<T>() && n < 0) Fault.say("is not a whole number in range");
  return <T>n;
}

/** Writes a value as JSON. */
export function write<T>(value: T): Json {
  if (isBoolean<T>()) {
    return new Json(Kind.Bool, value ? "true" : "false");
  } else if (isInteger<T>()) {
    return new Json(Kind.Number, value.toString());
  } else if (isFloat<T>()) {
    return isFinite(<f64>value) ? new Json(Kind.Number, number(<f64>value)) : Json.null;
  } else if (isNullable<T>()) {
    return changetype<usize>(value) == 0 ? Json.null : write<nonnull<T>>(value as nonnull<T>);
  } else if (isString<T>()) {
    return new Json(Kind.Text, value as string);
  } else if (idof<T>() == idof<Json>()) {
    return changetype<Json>(value);
  } else if (isArray<T>()) {
    const list = Json.list();
    for (let i = 0; i < value.length; i++) list.items.push(write<valueof<T>>(value[i]));
    return list;
  } else {
    return value.__json();
  }
}

/** A double, in JSON's spelling: 2.0 is 2, so that a step that reads a whole number finds one. */
function number(n: f64): string {
  const text = n.toString();
  return text.endsWith(".0") ? text.substring(0, text.length - 2) : text;
}
