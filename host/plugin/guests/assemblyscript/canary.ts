// A canary of the isolation between two calls: package guests says what it does.
import { input, output } from "./acrhost";
import { Cursor } from "./json";

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
declare function randomGet(to: usize, len: i32): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clockTimeGet(id: i32, precision: u64, to: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_renumber")
declare function fdRenumber(from: i32, to: i32): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_close")
declare function fdClose(fd: i32): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_fdstat_get")
declare function fdStatGet(fd: i32, to: usize): i32;

const SIZE = 16;
const MASK: u8 = 0x5a;
const MASKS: u64 = 0x5a5a5a5a5a5a5a5a;

// Two mutable globals of the module, and a place in its static memory. (This
// language keeps no stack in memory.)
let low: u64 = 0;
let high: u64 = 0;
const kept = memory.data(SIZE);
const scratch = memory.data(24);

function write(secret: string): void {
  const from = changetype<usize>(String.UTF8.encode(secret));
  const heaped = heap.alloc(SIZE);
  const grown = <usize>memory.grow(1) << 16;
  memory.copy(kept, from, SIZE);
  memory.copy(heaped, from, SIZE);
  memory.copy(grown + 0xffff - SIZE, from, SIZE);
  low = load<u64>(from);
  high = load<u64>(from, 8);
  fdRenumber(1, 2);
  fdClose(1);
  fdClose(2);
}

/** Counts the places that hold the secret whose masked bytes are at `needle`. */
function count(needle: usize): i32 {
  let found = i32((low ^ MASKS) == load<u64>(needle) && (high ^ MASKS) == load<u64>(needle, 8));
  const end = (<usize>memory.size() << 16) - SIZE;
  for (let at: usize = 0; at <= end; at++) {
    let n = 0;
    while (n < SIZE && (load<u8>(at + <usize>n) ^ MASK) == load<u8>(needle + <usize>n)) n++;
    if (n == SIZE) found++;
  }
  return found;
}

function maskedSecret(secret: string): Uint8Array {
  const needle = Uint8Array.wrap(String.UTF8.encode(secret));
  for (let i = 0; i < SIZE; i++) needle[i] ^= MASK;
  return needle;
}

function decodeHex(text: string): Uint8Array {
  const bytes = new Uint8Array(SIZE);
  for (let i = 0; i < SIZE; i++) bytes[i] = <u8>I32.parseInt(text.substr(2 * i, 2), 16);
  return bytes;
}

function report(needle: Uint8Array): string {
  randomGet(scratch, SIZE);
  let random = "";
  for (let i = 0; i < SIZE; i++) random += (0x100 + <i32>load<u8>(scratch + i)).toString(16).substr(1);
  clockTimeGet(0, 1, scratch);
  const clock = load<u64>(scratch) / 1_000_000;
  const closed = i32(fdStatGet(1, scratch) != 0) + i32(fdStatGet(2, scratch) != 0);
  return `{"outcome":"ok","vars":{"found":${count(needle.dataStart)},"random":"${random}","clock":${clock},"closed":${closed}}}`;
}

function member(config: Cursor, name: string): string {
  const c = config.copy();
  return c.member(name) ? c.string() : "";
}

export function acrhost_step_v1(): i32 {
  const config = new Cursor(input());
  if (!config.member("config")) return 1;
  const what = member(config, "do"), secret = member(config, "secret"), needle = member(config, "needle");
  if (what == "write" && secret.length >= SIZE) {
    write(secret);
    output(report(maskedSecret(secret)));
    return 0;
  }
  if (what == "look" && needle.length == 2 * SIZE) {
    output(report(decodeHex(needle)));
    return 0;
  }
  return 1;
}
