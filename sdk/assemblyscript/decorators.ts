// What transform.js looks for. None of it is ever called: the transform reads it.

/** Who made a plugin: name, version, and any of abi_min, title, vendor, license, snapshot_safe. */
export function plugin<T>(about: T): void {}

/** Makes a class a step type: its fields are the configuration. */
export function step<T>(type: string, description: T): void {}

/** Makes a class readable and writable as JSON. */
export function data<T>(options: T): void {}

/** Adds keywords to the JSON Schema of a field. */
export function schema<T>(keywords: T): void {}
