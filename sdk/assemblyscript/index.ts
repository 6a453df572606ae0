// Steps for acrhost in AssemblyScript: README.md shows a whole one.
export { Call, Result, Step, button, option, optional, page, required } from "./call";
export { data, plugin, schema, step } from "./decorators";
export { Acr, Action, Asserted, CallInfo, Device, Evidence, Field, Input, Journey, Option, Prompt, Request, Subject, Time, Upstream } from "./document";
export { Box, Json, Kind, Table } from "./json";
export * from "./capability";
