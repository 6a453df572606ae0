// The small job of the benchmark: an acr by rule from the amr of the input document.
import { input, output } from "./acrhost";
import { Cursor } from "./json";

function rule(amr: string[]): string {
  if (amr.includes("hwk")) return "2.5";
  if (amr.includes("pwd")) return amr.includes("otp") ? "2.0" : "1.5";
  return "0";
}

export function acrhost_step_v1(): i32 {
  const cursor = new Cursor(input());
  const amr = cursor.member("amr") ? cursor.strings() : [];
  if (cursor.broken) return 1;
  output(`{"outcome":"ok","acr":"${rule(amr)}"}`);
  return 0;
}
