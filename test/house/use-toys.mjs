// Run inside of a copy of the house with the toys in it: uses each as anybody would, and says what came of it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = process.argv[2];
const from = (file) => import(pathToFileURL(path.join(root, file)).href);

const { parseRelease, checkRelease } = await from("components/release/index.ts");
const { readDocumentSource } = await from("components/release/docstrings.ts");
const { renderJsonSchema } = await from("components/release/json-schema.ts");
const { renderKindsPage } = await from("components/release/kinds-page.ts");
const { planTraffic } = await from("components/traffic/index.ts");
const { checkPlan } = await from("components/platforms/platform.ts");
const { loadParts } = await from("stacks/parts.ts");
const { loadSource } = await from("components/sources/load-source.ts");

const { createJudge } = await from("components/analysis/index.ts");
const { kindOf } = await from("components/guards/index.ts");
const { corePack } = await from("policies/packs.ts");
const { renderCatalogue } = await from("policies/catalogue.ts");

const document = {
  model: { name: "toy", owner: "children", riskTier: "low" },
  platform: { kind: "toy", player: "anna" },
  versions: { v1: { source: { kind: "toy", text: "hello", digest: "0".repeat(64) } } },
  rollout: { stable: "v1", steps: ["10%", "100%"] },
  archive: { kind: "toy", shelf: "top" },
  monitor: { kind: "toy", note: "all is well" },
};
const release = parseRelease(document);
const parts = await loadParts(release);
const source = await loadSource(release.versions.v1.source, { root });
const directory = mkdtempSync(path.join(tmpdir(), "mlc-toy-"));
await source.open("", directory);
const opened = readFileSync(path.join(directory, "text"), "utf8");
rmSync(directory, { recursive: true });
const watched = parseRelease({
  ...document,
  versions: { ...document.versions, v2: document.versions.v1 },
  rollout: { stable: "v1", candidate: "v2", weight: "100%", guards: [{ metric: "toyRate", margin: "1pp" }] },
}).rollout.guards;
const settings = { guards: watched.map((guard) => kindOf(guard).judged(guard)) };
const judge = createJudge(settings);
const arm = (requests, errors) => ({
  requests,
  errors,
  refusals: 0,
  latency: new Float64Array(64),
  feedback: new Map(),
});
for (let at = 0; at < 20; at++) {
  const counts = { toyRate: kindOf(watched[0]).counts(watched[0], arm(1_000, 900), arm(1_000, 100)) };
  judge.add({ at: at * 1_000, seconds: 1, counts });
}

const page = renderKindsPage(readDocumentSource());

console.log(
  JSON.stringify({
    resolved: [release.platform, release.versions.v1.source, release.archive, release.monitor],
    problems: checkRelease({ ...document, platform: { kind: "toy" } }),
    schema: renderJsonSchema(readDocumentSource()).includes("Who plays: a lower-case label."),
    page: ["Who plays", "The line: at most", "The shelf it stands on", "What it says"].map((text) =>
      page.includes(text),
    ),
    planProblems: checkPlan({ release, traffic: planTraffic(release) }, parts.platform),
    loaded: [parts.platform.kind, typeof parts.store?.store, typeof parts.monitor?.watch],
    opened,
    guard: [watched, judge.verdict.verdict],
    rule: [corePack.rules.map(({ id }) => id), renderCatalogue([corePack]).includes("### `toys-are-small`")],
  }),
);
