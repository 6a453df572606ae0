// Steps for acrhost in AssemblyScript: README.md shows a whole one.
export { Reply } from "./ask";
export { Call, Result, Step, button, option, optional, page, required } from "./call";
export { data, plugin, schema, step } from "./decorators";
export * from "./generated";
export { Box, Json, Kind, Table } from "./json";
export { Time } from "./time";
