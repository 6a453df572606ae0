// The host as a module reaches it: the imports of sdk/ABI.md.
import { Json } from "./json";
import { Scanner } from "./scan";
import { Writer } from "./writer";

// @ts-ignore: decorator
@external("acrhost_v1", "input_len")
declare function inputLen(): i32;

// @ts-ignore: decorator
@external("acrhost_v1", "input_read")
declare function inputRead(to: usize, cap: i32, off: i32): i32;

// @ts-ignore: decorator
@external("acrhost_v1", "output_write")
declare function outputWrite(from: usize, len: i32): void;

// @ts-ignore: decorator
@external("acrhost_v1", "result_len")
declare function resultLen(): i32;

// @ts-ignore: decorator
@external("acrhost_v1", "result_read")
declare function resultRead(to: usize, cap: i32, off: i32): i32;

// @ts-ignore: decorator
@external("acrhost_v1", "log")
declare function hostLog(level: i32, from: usize, len: i32): void;

/** How grave a log line is. */
export enum Level { Debug = -4, Info = 0, Warn = 4, Error = 8 }

/** Reads the input document. */
export function input(): Json {
  const bytes = new Uint8Array(inputLen());
  return new Scanner(bytes.subarray(0, inputRead(bytes.dataStart, bytes.length, 0))).document();
}

/** Reads the answer of the last capability call; null where it is empty. */
export function result(): Json {
  const bytes = new Uint8Array(resultLen());
  if (bytes.length == 0) return Json.null;
  return new Scanner(bytes.subarray(0, resultRead(bytes.dataStart, bytes.length, 0))).document();
}

/** Writes the output document. */
export function output(document: Json): void {
  const w = new Writer().json(document);
  outputWrite(w.start, w.length);
}

/** Writes a text as the output document. */
export function outputText(text: string): void {
  const bytes = String.UTF8.encode(text);
  outputWrite(changetype<usize>(bytes), bytes.byteLength);
}

/** Writes a line to the host's log. */
export function log(level: Level, line: string): void {
  const bytes = String.UTF8.encode(line, false, String.UTF8.ErrorMode.REPLACE);
  hostLog(level, changetype<usize>(bytes), bytes.byteLength);
}

/** What a throw does, and a failed check: the reason goes to the log, and the call ends with a trap. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  log(Level.Error, `${message === null ? "abort" : message} (${file === null ? "?" : file}:${line}:${column})`);
  unreachable();
}
