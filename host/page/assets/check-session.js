// What the frame of OpenID Connect Session Management 1.0, 3.2 does: a client's page asks
// whether the session is still the one that it knows, and hears unchanged, changed or error.
"use strict";
const cookie = document.currentScript.dataset.cookie + "=";

const browserState = () => {
  for (const pair of document.cookie.split("; ")) {
    if (pair.startsWith(cookie)) return pair.slice(cookie.length);
  }
  return "";
};

const digest = async (text) => {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, "0")).join("");
};

const judge = async (data, origin) => {
  if (typeof data !== "string" || origin === "null") return "error";
  const [client, state, ...more] = data.split(" ");
  const [hash, salt, ...rest] = (state || "").split(".");
  if (!client || !hash || !salt || more.length || rest.length) return "error";
  const now = browserState();
  // A browser that keeps cookies from frames of other sites has nothing to tell by.
  if (!now) return (await document.hasStorageAccess()) ? "changed" : "error";
  return (await digest([client, origin, now, salt].join(" "))) === hash ? "unchanged" : "changed";
};

addEventListener("message", async (event) => {
  if (!event.source || event.source === window) return;
  const answer = await judge(event.data, event.origin).catch(() => "error");
  if (event.origin !== "null") event.source.postMessage(answer, event.origin);
});
