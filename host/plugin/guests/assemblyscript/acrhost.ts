// What sdk/ABI.md offers to a guest, as far as the guests here use it.

// @ts-ignore: decorator
@external("acrhost_v1", "input_len")
declare function inputLen(): i32;

// @ts-ignore: decorator
@external("acrhost_v1", "input_read")
declare function inputRead(to: usize, cap: i32, off: i32): i32;

// @ts-ignore: decorator
@external("acrhost_v1", "output_write")
declare function outputWrite(from: usize, len: i32): void;

/** Pulls the input document. */
export function input(): Uint8Array {
  const document = new Uint8Array(inputLen());
  const read = inputRead(document.dataStart, document.length, 0);
  return read == document.length ? document : document.subarray(0, read);
}

/** Appends to the output document. */
export function output(text: string): void {
  const bytes = String.UTF8.encode(text);
  outputWrite(changetype<usize>(bytes), bytes.byteLength);
}
