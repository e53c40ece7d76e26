import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { execFileSync } from "node:child_process";
import { oddFile } from "./test/stacks/cli/odd-yaml.ts";
import { parseYaml } from "./stacks/cli/parse-yaml.ts";
import { editYaml } from "./stacks/cli/edit-yaml.ts";
const n = Number(process.argv[2] ?? 1000), seed = Number(process.argv[3] ?? 1);
const files = fc.sample(oddFile, { numRuns: n, seed });
const show = Number(process.argv[4] ?? 3);
const t0 = performance.now();
const before = read(files.map((f) => f.text));
let refusedBoth = 0; const acc: any[] = [], ref: any[] = [], gen: any[] = [];
const rows: any[] = [];
for (const [i, f] of files.entries()) {
  const p = parseYaml(f.text); const e = before[i];
  if (e.error && p.problems.length) { refusedBoth++; acc.push; continue; }
  if (e.error) { acc.push([e.error, f.text]); continue; }
  if (p.problems.length) { ref.push([p.problems[0]!.message, f.text]); continue; }

  if (!isDeepStrictEqual(json(p.data), json(e.document))) { gen.push(["DATA", json(p.data), e.document, f.text]); continue; }
  rows.push({ f, data: p.data });
}
console.log({ n, refusedBoth, weAccept: acc.length, weRefuse: ref.length, data: gen.length, rows: rows.length });
for (const [m, t] of acc.slice(0, show)) console.log("WE ACCEPT", m, "\n" + t);
for (const [m, t] of ref.slice(0, show)) console.log("WE REFUSE", m, "\n" + t);
for (const g of gen.slice(0, show)) console.log(JSON.stringify(g[1]), "\n", JSON.stringify(g[2]), "\n" + g[3]);
let threw = 0; const edits: any[] = [];
for (const r of rows) {
  try { edits.push({ ...r, text: editYaml(r.f.text, ["config", "model-lifecycle:release"], r.f.after) }); } catch (e: any) { if (threw++ < show) console.log("THREW", e.stack.slice(0,600), "\n" + r.f.text, JSON.stringify(r.f.after)); }
}
const after = read(edits.map((e) => e.text));
let broken = 0;
edits.forEach((e, i) => {
  const want = json({ ...e.data, config: { ...e.data.config, "model-lifecycle:release": e.f.after } });
  const got = after[i].error ? after[i].error : json(after[i].document);
  if (!isDeepStrictEqual(want, got) && broken++ < show) console.log("BROKEN", after[i].error, "\n" + e.f.text, JSON.stringify(e.f.after), "\n=>\n" + e.text, JSON.stringify(got));
});
console.log({ threw, broken, edits: edits.length, ms: performance.now() - t0 });
function json(v: any): any { return JSON.parse(JSON.stringify(v)); }
function read(texts: string[]): any[] { return execFileSync("/tmp/yaml-reader-bin", { input: texts.map((t) => JSON.stringify(t)).join("\n"), maxBuffer: 1e9 }).toString().trim().split("\n").map((l) => JSON.parse(l)); }
