import assert from "node:assert/strict";
import test from "node:test";
import { open } from "./acrhost-sdk/@acrhost/step/double.js";

const plugin = await open("json.wasm");
const read = (text) => plugin.run("json", { config: { text } }).output;

const documents = [
  "null", "true", "false", " [ ] ", "{ }", "0", "-0", "1e5", "1E-2", "-1.5e+300", "9007199254740993", "123456789012345678901234567890", '""', '"é😀"',
  '"\\u00e9\\ud83d\\ude00\\u0000\\b\\f\\n\\r\\t\\"\\\\\\/"', '{"a":{"b":[1,{"c":null}]},"":"x"}', "\t\r\n[1 , 2]\n", `${"[".repeat(400)}${"]".repeat(400)}`,
];

test("every document comes through as it was", () => {
  for (const text of documents) assert.deepEqual(read(text), { outcome: "ok", vars: { document: JSON.parse(text) } }, text);
});

test("what is no JSON is none", () => {
  const none = [
    "", " ", "nul", "nulll", "True", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{", "{}}", '{"a"}', '{"a":}',
    '{"a":1,}', "{a:1}", "{1:1}", '"', '"\\"', '"\\x"', '"\\u12"', '"\\u12g4"', '"a\nb"', "'a'", "1 2", "[1]x", "\u00a01", "/**/1",
  ];
  for (const text of none) {
    assert.throws(() => JSON.parse(text), SyntaxError);
    assert.deepEqual(read(text), { outcome: "none" }, text);
  }
});

test("too deep is none, and no overflow", () => {
  for (const n of [501, 30000]) assert.deepEqual(read("[".repeat(n) + "]".repeat(n)), { outcome: "none" });
});

test("half a surrogate pair becomes U+FFFD", () => {
  for (const half of ["\\ud83d", "\\ude00", "\\ud83dx", "\\ude00\\ud83d"]) {
    assert.equal(read(`"${half}"`).vars.document, JSON.parse(`"${half}"`).toWellFormed(), half);
  }
});

test("a cut or bent document never traps, and is read as node reads it", () => {
  const text = '{"a":[1.5e3,-2,true,null,"x\\u00e9\\n😀"],"b":{"c":"","d":[[],{}]}}';
  const bend = [...text].map((_, i) => [text.slice(0, i), text.slice(0, i) + text.slice(i + 1), `${text.slice(0, i)}"${text.slice(i)}`, `${text.slice(0, i)}\\${text.slice(i)}`]);
  for (const bent of bend.flat()) {
    let want = { outcome: "none" };
    try {
      want = { outcome: "ok", vars: { document: JSON.parse(bent.toWellFormed()) } };
    } catch {}
    assert.deepEqual(read(bent.toWellFormed()), want, bent);
  }
});

test("numbers keep their value, and those that don't fit are refused", () => {
  const numbers = (config) => plugin.run("numbers", { config }).output;
  for (const real of [0, -0.5, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 123456789.123]) {
    assert.equal(numbers({ real }).vars.real, real);
  }
  for (const long of [0, -1, 2 ** 53, -(2 ** 53), 1e15]) assert.equal(numbers({ long }).vars.long, long);
  assert.equal(numbers({ byte: 255 }).vars.byte, 255);
  const misfit = "is not a whole number in range";
  for (const byte of [256, -1, 1.5]) assert.equal(numbers({ byte }).error.message, `config.byte ${misfit}`);
  for (const long of [1.5, 1e300]) assert.equal(numbers({ long }).error.message, `config.long ${misfit}`);
});
