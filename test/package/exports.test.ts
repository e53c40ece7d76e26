import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { libraryVersion } from "../../components/release/index.ts";
import { repository } from "../support/project.ts";

const manifest = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8")) as {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
};

const built = (file: string) => path.join(repository, file);

test("the library says the version of its package", () => {
  expect(libraryVersion).toBe(manifest.version);
});

test("every sub-path and command of the package is there, with its types", () => {
  const files = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? [entry] : [entry.types, entry.default],
  );
  for (const file of [...files, ...Object.values(manifest.bin)]) expect(existsSync(built(file)), file).toBe(true);
});

/** A name more is a promise more; a name less breaks somebody. */
const names: Readonly<Record<string, readonly string[]>> = {
  ".": [
    "CanaryRollout",
    "ModelArchive",
    "ModelEndpoint",
    "ModelRegistry",
    "ModelRetirement",
    "MonitoringStack",
    "readRelease",
  ],
  "./spec": [
    "ReleaseError",
    "UnhashableError",
    "checkRelease",
    "closest",
    "defaultPath",
    "hashDirectory",
    "hashOfFiles",
    "ladder",
    "libraryVersion",
    "listDirectory",
    "parseDuration",
    "parsePercent",
    "parsePoints",
    "parseRelative",
    "parseRelease",
    "parseShare",
    "parseTimestamp",
    "renderPath",
    "renderPercent",
    "renderProblems",
    "renderSeen",
    "requestMetrics",
    "splitWeights",
    "trafficWeights",
  ],
  "./lifecycle": [
    "abort",
    "advance",
    "archive",
    "deprecate",
    "nextStep",
    "planTraffic",
    "promote",
    "reinstate",
    "retire",
    "rollback",
    "rollbackTo",
    "rolloutIdentity",
    "setSteps",
    "start",
  ],
  "./analysis": [
    "GUARD_SHAPES",
    "HISTORY_UNITS",
    "LATENCY_BUCKETS",
    "LATENCY_LADDER",
    "METHOD",
    "addSplit",
    "boundsOf",
    "bucketBound",
    "bucketOf",
    "createJudge",
    "judge",
    "mannKendall",
    "pairedDesignEffect",
    "planRollout",
    "rungsOf",
    "shareLogE",
    "shareThreshold",
    "soundGuard",
    "tailBounds",
    "tailCounts",
    "theilSen",
    "withLadder",
  ],
  "./archives/oci": ["ociArchive"],
  "./model-registries/mlflow": ["mlflowRegistry"],
  "./drift": [
    "NO_PERIODS",
    "PERIODS",
    "THRESHOLDS",
    "asCategories",
    "categoryCells",
    "cellsOf",
    "columnOf",
    "compareWindows",
    "driftingFeatures",
    "evenBounds",
    "isCategorical",
    "outcomesOf",
    "renderConcept",
    "startConcept",
    "startHistory",
    "stepConcept",
    "stepHistory",
    "stepHysteresis",
    "wasCounted",
  ],
  "./scorecard": [
    "LEAST_COVERAGE",
    "NOTICE_DAYS",
    "PILLAR_WEIGHTS",
    "actions",
    "adviseOn",
    "checkFacts",
    "declineOf",
    "factNames",
    "fields",
    "quarterNumber",
    "renderReason",
    "scoreModel",
    "scorePortfolio",
  ],
  "./parts": ["loadParts"],
  "./platforms": [
    "SourceError",
    "UnhashableError",
    "allMetrics",
    "bad",
    "checkPlan",
    "good",
    "hashDirectory",
    "hashOfFiles",
    "listDirectory",
    "note",
  ],
  "./platforms/kubernetes": ["kubernetes"],
  "./platforms/local": ["local", "localArchive", "localDocuments"],
  "./provider": ["NotReady", "ResourceProvider", "serveProvider"],
  "./policies": [
    "archiveIsLocked",
    "archivedVersionIsKept",
    "candidateHasGuard",
    "corePack",
    "createPack",
    "createPolicy",
    "judge",
    "recordsPack",
    "renderCatalogue",
    "renderFinding",
  ],
};

test("the entry points are exactly those, and each exports exactly these names", async () => {
  const entries = Object.entries(manifest.exports).filter(([, entry]) => typeof entry !== "string");
  const found = entries.map(async ([name, entry]) => {
    const file = typeof entry === "string" ? entry : entry.default;
    const module = (await import(pathToFileURL(built(file)).href)) as object;
    return [name, Object.keys(module).toSorted()] as const;
  });
  expect(Object.fromEntries(await Promise.all(found))).toEqual(names);
});

/** Every package that a file loads, at any depth, by Node's own resolution. */
function packagesOf(file: string): readonly string[] {
  const spy = `
    import { registerHooks } from "node:module";
    const seen = new Set();
    registerHooks({ resolve(specifier, context, next) {
      const result = next(specifier, context);
      const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(result.url) ?? [];
      if (name) seen.add(name);
      return result;
    } });
    process.on("exit", () => { console.log(); console.log(JSON.stringify([...seen].sort())); });`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(spy)}`, built(file)],
    { encoding: "utf8" },
  );
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("[")) throw new Error(`${file}: ${stdout}${stderr}`);
  return JSON.parse(last) as readonly string[];
}

test.each(["gateway", "server", "supervisor"])("the %s loads zod and an HTTP client at most, and no Pulumi", (name) => {
  const loaded = packagesOf(`dist/components/platforms/local/${name}/main.js`);
  expect(loaded.filter((each) => !["zod", "undici"].includes(each))).toEqual([]);
});

test("the command says which Node it needs before it fails for another reason", () => {
  const systemNode = ["/usr/bin/node", "/usr/local/bin/node"].find((candidate) => {
    const { stdout } = spawnSync(candidate, ["--version"], { encoding: "utf8" });
    return /^v(1\d|20|21)\./.test(stdout ?? "");
  });
  // Without an old Node on this machine, the message itself is tested in test/kit.
  if (systemNode === undefined) return;
  const { status, stderr } = spawnSync(systemNode, [built("dist/stacks/cli/mlc.js"), "--help"], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^pulumi-model-lifecycle needs Node >= 22\.18; this is Node \d+\.\d+\.\d+\. .*\n$/);
});

test("no file of the library names a backend: whichever the user is logged in to is used", () => {
  const sources = globSync("{components,stacks,policies}/**/*.{ts,mjs}", { cwd: repository });
  expect(sources.length).toBeGreaterThan(100);
  // Workflows hand on what the repository's settings hold under these names, and choose none.
  const choosing = sources.filter((file) => !file.startsWith("stacks/cli/workflows/"));
  expect(choosing.filter((file) => /PULUMI_BACKEND_URL|PASSPHRASE/.test(readFileSync(built(file), "utf8")))).toEqual(
    [],
  );
});
