// Derives the JSON Schema of a configuration from its class, for transform.js.

const Node = { False: 14, Literal: 17, Null: 19, True: 26 };
const Literal = { String: 2, Array: 5, Object: 6 };

const scalars = {
  string: { type: "string" }, bool: { type: "boolean" }, f32: { type: "number" }, f64: { type: "number" }, Json: {},
  i8: whole(-128, 127), i16: whole(-32768, 32767), i32: whole(-2147483648, 2147483647), i64: { type: "integer" }, isize: whole(-2147483648, 2147483647),
  u8: whole(0, 255), u16: whole(0, 65535), u32: whole(0, 4294967295), u64: { type: "integer", minimum: 0 }, usize: whole(0, 4294967295),
};

function whole(minimum, maximum) {
  return { type: "integer", minimum, maximum };
}

/** The value of a literal; undefined of anything else. */
export function literal(e) {
  const text = e.range.source.text.slice(e.range.start, e.range.end);
  switch (e.kind) {
    case Node.True: return true;
    case Node.False: return false;
    case Node.Null: return null;
    case Node.Literal:
      if (e.literalKind === Literal.String) return e.value;
      if (e.literalKind === Literal.Array) return e.elementExpressions.map(literal);
      if (e.literalKind === Literal.Object) return Object.fromEntries(e.names.map((n, i) => [n.text, literal(e.values[i])]));
  }
  const number = Number(text.replaceAll("_", ""));
  return text !== "" && Number.isFinite(number) ? number : undefined;
}

/** An author's mistake at a node, as file:line and what is wrong; without the stack of a compiler that is not theirs. */
export function mistake({ range: { source, start } }, why) {
  const text = `${source.normalizedPath}:${source.text.slice(0, start).split("\n").length}: ${why}`;
  return Object.assign(new Error(text), { stack: text });
}

/** A type as it is written. */
export function typeText(type) {
  const args = type.typeArguments?.length ? `<${type.typeArguments.map(typeText).join(", ")}>` : "";
  return name(type) + args + (type.isNullable ? " | null" : "");
}

function name(type) {
  if (!type.name?.identifier) throw mistake(type, "a member can't be a function");
  return type.name.identifier.text;
}

/** The schema of a class. What it doesn't name is refused: a misspelt member would be a rule that nobody follows. */
export function schemaOf(declaration, classes) {
  const required = declaration.fields.filter((f) => f.required).map((f) => f.name);
  return {
    type: "object",
    properties: Object.fromEntries(declaration.fields.map((f) => [f.name, member(f, classes)])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

function member(field, classes) {
  const doc = comment(field.node);
  const says = field.default !== undefined && field.default !== null;
  return { ...ofType(field.type, classes), ...(doc ? { description: doc } : {}), ...field.keywords, ...(says ? { default: field.default } : {}) };
}

function ofType(type, classes) {
  const [inner] = type.typeArguments ?? [];
  switch (name(type)) {
    case "Array": return { type: "array", items: ofType(inner, classes) };
    case "Table": return { type: "object", additionalProperties: ofType(inner, classes) };
    case "Box": return ofType(inner, classes);
  }
  const scalar = scalars[name(type)];
  if (scalar) return scalar;
  const found = classes.filter((c) => c.name.text === name(type));
  const own = found.find((c) => c.range.source === type.range.source) ?? found[0];
  if (!own) throw mistake(type, `a configuration can't hold a ${name(type)}: it is no class with @data`);
  return schemaOf(own, classes);
}

/** The text of the JSDoc comment before a node, in one line. */
function comment(node) {
  const before = node.range.source.text.slice(0, node.begins ?? node.range.start);
  const found = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*(?:export\s+)?$/.exec(before);
  return found ? found[1].replace(/^\s*\*/gm, "").replace(/\s+/g, " ").trim() : "";
}

/** The title of a step type: its comment, without a full stop. */
export function title(declaration) {
  return comment(declaration).replace(/\.$/, "") || undefined;
}
