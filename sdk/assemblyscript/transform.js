// A transform of the AssemblyScript compiler. It reads the classes that are marked with
// @step and @data, and adds what AssemblyScript has no reflection for: methods that read
// and write their fields as JSON, the manifest, and the exports that the host calls.
import { posix } from "node:path";
import * as manifest from "./manifest.js";
import { literal, mistake, schemaOf, title, typeText } from "./schema.js";

const Kind = { Source: { User: 0, UserEntry: 1 }, Expression: 39, Call: 10, Class: 52, Field: 55 };
const Flag = { Export: 2, Static: 32, Private: 512, Protected: 1024 };
const sdk = "@acrhost/step";

export default class {
  afterParse(parser) {
    const entries = parser.sources.filter((s) => s.sourceKind === Kind.Source.UserEntry && !s.normalizedPath.startsWith("~lib/"));
    const classes = parser.sources.flatMap((s) => s.statements.filter((n) => n.kind === Kind.Class && marks(n).size > 0));
    classes.forEach((c) => (c.fields = fieldsOf(c)));
    for (const source of new Set(classes.map((c) => c.range.source))) extend(parser, source, classes);
    parser.options.globalAliases ??= new Map();
    parser.options.globalAliases.set("abort", `~lib/${sdk}/host/abort`);
    for (const entry of entries) exportSteps(parser, entry, classes);
  }
}

/** The marks of a class or a field: its decorators of the SDK, by name, with their arguments as values. */
function marks(node) {
  if (!node.marks) {
    const own = (node.decorators ?? []).filter((d) => ["step", "data", "schema"].includes(d.name.text));
    node.marks = new Map(own.map((d) => [d.name.text, (d.args ?? []).map((a) => literal(a))]));
    node.decorators = node.decorators?.filter((d) => !own.includes(d)) ?? null;
    node.begins = Math.min(node.range.start, ...own.map((d) => d.range.start));
  }
  return node.marks;
}

/** The fields of a class that are members in JSON: those that are not private. */
function fieldsOf(declaration) {
  const base = declaration.extendsType?.name.identifier.text;
  if (base && base !== "Step") fail(declaration, `the fields of ${base} would be lost: a class with @data extends nothing, a step extends Step`);
  return declaration.members
    .filter((m) => m.kind === Kind.Field && !m.is(Flag.Static) && !m.is(Flag.Private) && !m.is(Flag.Protected))
    .map((m) => {
      const [keywords = {}] = marks(m).get("schema") ?? [];
      if (!m.type) fail(m, "a field needs its type");
      return { name: m.name.text, node: m, type: m.type, required: !m.initializer, keywords, default: m.initializer ? literal(m.initializer) : undefined };
    });
}

/** Adds to the classes of a source the methods that read and write them. */
function extend(parser, source, classes) {
  const own = classes.filter((c) => c.range.source === source);
  const text = `import { Json as __Json, Fault as __Fault, Kind as __Kind, read as __r, write as __w } from "${sdk}/json";\n` + own.map(methods).join("");
  const [imports, ...generated] = parse(parser, text, source);
  source.statements.unshift(imports);
  own.forEach((c, i) => c.members.push(...generated[i].members));
}

/** Parses what is added to a source, without making it a source of its own. */
function parse(parser, text, source) {
  parser.parseFile(text, source.normalizedPath.replace(/\.ts$/, "~acrhost.ts"), false);
  const added = parser.sources.pop();
  // The compiler asks each node for its file by this.
  added.internalPath = source.internalPath;
  return added.statements;
}

function methods(declaration) {
  const [options = {}] = marks(declaration).get("data") ?? [];
  const { fields } = declaration;
  const required = fields.filter((f) => f.required);
  return `class ${declaration.name.text} {
  __read(v: __Json, strict: bool): void {
    if (v.kind != __Kind.Object) return __Fault.say("is not an object");
    ${required.map((f) => `let has_${f.name} = false;`).join(" ")}
    for (let i = 0; i < v.names.length; i++) {
      const name = v.names[i], item = v.items[i];
      if (!strict && item.isNull) continue;
      ${fields.map(reading).join("")}if (strict) __Fault.say("is not known");
      if (__Fault.text != "") return __Fault.within("." + name);
    }
    ${required.map((f) => `if (!has_${f.name}) { __Fault.say("is required"); return __Fault.within(".${f.name}"); }`).join("\n    ")}
  }
  __json(): __Json {
    const into = __Json.object();
    ${fields.map((f) => writing(f, options.sparse)).join("\n    ")}
    return into;
  }
}
`;
}

function reading({ name, type, required, keywords }) {
  const check = keywords.enum?.every((e) => typeof e === "string") ? ` if (__Fault.text == "" && !${JSON.stringify(keywords.enum)}.includes(this.${name})) __Fault.say("is not one of the allowed texts");` : "";
  return `if (name == "${name}") { this.${name} = __r<${typeText(type)}>(item, strict);${required ? ` has_${name} = true;` : ""}${check} } else `;
}

/** Writes a field; a sparse class leaves out what says nothing. */
function writing({ name, type }, sparse) {
  const text = typeText(type);
  const write = `into.names.push("${name}"); into.items.push(__w<${text}>(this.${name}));`;
  if (!sparse) return write;
  const says = type.isNullable ? `this.${name} !== null` : text === "bool" ? `this.${name}` : text.startsWith("Array<") ? `this.${name}.length > 0` : "true";
  return `if (${says}) { ${write} }`;
}

/** Makes the entry file of a plugin one that exports what the host calls. */
function exportSteps(parser, entry, classes) {
  const at = entry.statements.findIndex((s) => s.kind === Kind.Expression && s.expression.kind === Kind.Call && s.expression.expression.text === "plugin");
  if (at < 0) throw mistake({ range: { source: entry, start: 0 } }, "no plugin({ name: …, version: … }) says whose steps these are");
  const [call] = entry.statements.splice(at, 1);
  const steps = classes.filter((c) => marks(c).has("step"));
  const about = literal(call.expression.args[0]) ?? {};
  known(call.expression, "plugin", about, manifest.plugin);
  if (!about.name || !about.version) fail(call.expression, "plugin needs a name and a version, both literal texts");
  if (steps.length === 0) fail(call.expression, "the plugin has no step: no class has @step");
  const types = Object.fromEntries(steps.map((c) => stepType(c, classes)));
  if (Object.keys(types).length < steps.length) fail(call.expression, "two steps have the same type");
  const text = JSON.stringify({ snapshot_safe: true, ...about, steps: types });
  // Its own exports are for the exports below, not for the host.
  entry.sourceKind = Kind.Source.User;
  parser.parseFile(exportsText(entry, steps, text), `${entry.normalizedPath.replace(/\.ts$/, "")}~exports.ts`, true);
}

function exportsText(entry, steps, manifest) {
  const all = steps.map((c, i) => ({ type: JSON.stringify(marks(c).get("step")[0]), name: c.name.text, alias: `Step${i}`, from: JSON.stringify(importPath(entry, c.range.source)) }));
  return `import { begin, run, unknown, outputText } from "${sdk}/guest";
${all.map((s) => `import { ${s.name} as ${s.alias} } from ${s.from};`).join("\n")}
export function acrhost_step_v1(): i32 {
  const call = begin();
  if (call === null) return 1;
  const type = call.input.call.type;
  ${all.map((s) => `if (type == ${s.type}) return run<${s.alias}>(call);`).join("\n  ")}
  return unknown(type);
}
export function acrhost_describe_v1(): i32 {
  outputText(${JSON.stringify(manifest)});
  return 0;
}
`;
}

/** How a file is imported from the one of the exports, which is beside the entry. */
function importPath(entry, { internalPath }) {
  if (internalPath.startsWith("~lib/")) return internalPath.slice(5);
  return `./${posix.relative(posix.dirname(entry.internalPath), internalPath)}`;
}

/** A step type's part of the manifest, under its name. */
function stepType(declaration, classes) {
  if (!declaration.is(Flag.Export)) fail(declaration, "a step has to be exported: export class …");
  const [type, about = {}] = marks(declaration).get("step");
  if (typeof type !== "string") fail(declaration, '@step needs the type as a literal text, as in @step("pin", { outcomes: ["ok"] })');
  known(declaration, "@step", about, manifest.step);
  const schema = { $schema: "https://json-schema.org/draft/2020-12/schema", ...schemaOf(declaration, classes) };
  return [type, { title: title(declaration), ...about, outcomes: about.outcomes ?? [], config_schema: schema }];
}

/** Refuses members that mean nothing: a misspelt one would be a promise that nobody made. */
function known(node, what, about, names) {
  const unknown = Object.keys(about).filter((name) => !names.includes(name));
  if (unknown.length > 0) fail(node, `${what} has no ${unknown.join(", ")}, only ${names.join(", ")}`);
}

function fail(node, why) {
  throw mistake(node, node.name ? `${node.name.text}: ${why}` : why);
}
