// What both clients share: they are told who they are, say where the browser should go,
// and are told where it came back to. Each line is one JSON document.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// hear is the next document.
export const hear = async () => JSON.parse((await lines.next()).value);

// say sends one.
export const say = (document) => process.stdout.write(JSON.stringify(document) + "\n");

// load imports a package of a folder of packages.
export const load = (modules, name, built = "build") => import(pathToFileURL(join(modules, name, built, "index.js")));

// privateKey is the client's key, for an algorithm.
export const privateKey = async ({ jwk, alg }) => ({
  kid: jwk.kid,
  key: await crypto.subtle.importKey("jwk", jwk, algorithms[alg], false, ["sign"]),
});

const algorithms = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256" },
};
