import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { execFileSync } from "node:child_process";
import { oddFile } from "./test/stacks/cli/odd-yaml.ts";
import { parseYaml } from "./stacks/cli/parse-yaml.ts";
const n = Number(process.argv[2] ?? 1000), seed = Number(process.argv[3] ?? 1), show = Number(process.argv[4] ?? 5);
const bits = [" ", "\n", "\t", ":", "-", "?", ",", "[", "]", "{", "}", "#", "&", "*", "!", "|", ">", "'", '"', "%", "@", "`", "\\", "---\n", "...\n", "a", "1", "~", "<<", ": ", "- ", "? ", " #", "\r", "\n  ", "08", "\\u", "!!int ", "&x ", "*x", "null", "  ", ".", "_", "+", "0x", "é"];
const mutated = fc.tuple(oddFile, fc.array(fc.tuple(fc.nat(100000), fc.nat(4), fc.constantFrom(...bits)), { minLength: 1, maxLength: 3 })).map(([f, ms]) => {
  let t: any = [...f.text];
  // keep the text small: cut to its last lines sometimes
  for (const [at, del, bit] of ms) { const i = at % (t.length + 1); t = [...t.slice(0, i), bit, ...t.slice(i + (del > 2 ? del - 2 : 0))]; }
  return t.join("");
});
const texts = fc.sample(mutated, { numRuns: n, seed });
const out = execFileSync("/tmp/yaml-reader-bin", { input: texts.map((t) => JSON.stringify(t)).join("\n"), maxBuffer: 1e9 }).toString().trim().split("\n").map((l) => JSON.parse(l));
const acc: any[] = [], ref: any[] = [], data: any[] = []; let ok = 0, both = 0;
const norm = (v: any): any => JSON.parse(JSON.stringify(v ?? null, (_, x) => typeof x === "bigint" ? Number(x) : x === Infinity ? "+Inf" : x === -Infinity ? "-Inf" : Number.isNaN(x) ? "NaN" : x));
texts.forEach((t, i) => {
  let p: any; try { p = parseYaml(t); } catch (e: any) { console.log("THREW", e.stack.slice(0, 300), "\n" + t); return; }
  const e = out[i];
  if (e.error && p.problems.length) both++;
  else if (e.error) acc.push([e.error, t]);
  else if (p.problems.length) ref.push([`${p.problems[0].line}:${p.problems[0].column} ${p.problems[0].message}`, t]);
  else if (!isDeepStrictEqual(norm(p.data), norm(e.document))) data.push([JSON.stringify(norm(p.data)) + "\n" + JSON.stringify(norm(e.document)), t]);
  else ok++;
});
console.log({ ok, both, weAccept: acc.length, weRefuse: ref.length, data: data.length });
const by = (xs: any[], f: (s: string) => string) => { const m = new Map<string, any[]>(); for (const x of xs) { const k = f(x[0]); m.set(k, [...(m.get(k) ?? []), x]); } return [...m].sort((a, b) => b[1].length - a[1].length); };
for (const [k, xs] of by(acc, (s) => s.replace(/line \d+: /, "").replace(/`[^`]*`/, ""))) { console.log("ACC", xs.length, k); const s = xs.sort((a, b) => a[1].length - b[1].length); for (const x of s.slice(0, show)) console.log(x[0] + "\n" + x[1] + "<<<"); }
for (const [k, xs] of by(ref, (s) => s.replace(/^\d+:\d+ /, "").slice(0, 60))) { console.log("REF", xs.length, k, xs[0][0].slice(0, 10)); if (show > 9) for (const x of xs.sort((a, b) => a[1].length - b[1].length).slice(0, 1)) console.log(x[0] + "\n" + x[1] + "<<<"); }
for (const x of data.sort((a, b) => a[1].length - b[1].length).slice(0, show)) console.log("DATA", x[0] + "\n" + x[1] + "<<<");
