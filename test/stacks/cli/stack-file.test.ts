import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  abort,
  advance,
  archive,
  deprecate,
  type MoveResult,
  promote,
  reinstate,
  retire,
  rollback,
  start,
} from "../../../components/lifecycle/index.ts";
import type { Percent, Release } from "../../../components/release/index.ts";
import { readStackFile, renderStackFile, writeStackFile } from "../../../stacks/cli/stack-file.ts";
import { readYaml } from "./read-yaml.ts";

const folder = mkdtempSync(join(tmpdir(), "mlc-stack-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hash = (digit: string): string => digit.repeat(64);

/** By hand, with comments everywhere; as the engine writes it; in braces alone; with Windows line ends. */
const styles: Readonly<Record<string, string>> = {
  hand: `# head
config:
    aws:region: eu-west-1
    model-lifecycle:release: # the release

        model: { name: m, owner: "team", riskTier: 'low' }   # who
        platform: {kind: local}
        # the versions
        versions:
            v0: {source: {kind: path, path: models/v0, sha256: "${hash("0")}"}} # old

            v1:
                source: { kind: path, path: models/v1, sha256: "${hash("1")}" }
            v2:
                source:
                    kind: path # a directory
                    path: models/v2
                    sha256: '${hash("2")}'
        rollout:
            # who answers
            stable: "v1" # serves

            steps: [ "shadow", '5%',   "50%" ]
            guards: [] # none
# foot
`,
  engine: `config:
  model-lifecycle:release:
    model:
      name: m
      owner: team
      riskTier: low
    platform:
      kind: local
    rollout:
      stable: v1
      steps:
        - shadow
        - 5%
        - 50%
    versions:
      v0:
        source:
          kind: path
          path: models/v0
          sha256: "${hash("0")}"
      v1:
        source:
          kind: path
          path: models/v1
          sha256: "${hash("1")}"
      v2:
        source:
          kind: path
          path: models/v2
          sha256: "${hash("2")}"
encryptionsalt: v1:abc=
`,
  braces: `config: { "model-lifecycle:release": { model: { name: m, owner: team, riskTier: low }, platform: { kind: local },
  versions: { v0: { source: { kind: path, path: models/v0, sha256: "${hash("0")}" } }, # old
    v1: { source: { kind: path, path: models/v1, sha256: "${hash("1")}" } },
    v2: { source: { kind: path, path: models/v2, sha256: "${hash("2")}" } } },
  rollout: { stable: v1, steps: [ shadow, 5%, 50% ] } } }
`,
};

const version = fc.constantFrom("v0", "v1", "v2");
const weight = fc.constantFrom<Percent>("5%", "50%", "100%");
const move: fc.Arbitrary<(release: Release) => MoveResult> = fc.oneof(
  fc.record({ candidate: version, weight }).map((args) => (release: Release) => start(release, args)),
  fc
    .record({ candidate: version, attempt: fc.constantFrom("2", "3") })
    .map((args) => (release: Release) => start(release, args)),
  weight.map((target) => (release: Release) => advance(release, { weight: target })),
  fc.constant(promote),
  fc.constant(abort),
  fc.constant(rollback),
  version.map(
    (name) => (release: Release) =>
      deprecate(release, { version: name, sunset: "2020-05-31T00:00:00Z", now: new Date(0) }),
  ),
  version.map((name) => (release: Release) => archive(release, { version: name })),
  version.map((name) => (release: Release) => retire(release, { version: name, now: new Date() })),
  version.map((name) => (release: Release) => reinstate(release, { version: name })),
);

const commentsOf = (text: string): readonly string[] => text.split(/\r?\n/).filter((line) => /^\s*#/.test(line));

test.each([...Object.keys(styles), "windows"])(
  "in the style %s any sequence of moves reads back as the moves made it, own-line comments kept",
  (style) => {
    const text = style === "windows" ? (styles.hand ?? "").replaceAll("\n", "\r\n") : (styles[style] ?? "");
    const path = join(folder, `${style}.yaml`);
    fc.assert(
      fc.property(fc.array(move, { maxLength: 8 }), (moves) => {
        writeFileSync(path, text);
        for (const each of moves) {
          const file = readStackFile({ root: folder, stackFile: path });
          const moved = each(file.release as Release);
          if ("problems" in moved) continue;
          writeStackFile(file, renderStackFile(file, moved.release));
          expect(readStackFile({ root: folder, stackFile: path }).release).toEqual(moved.release);
        }
        const written = readFileSync(path, "utf8");
        expect(commentsOf(written)).toEqual(commentsOf(text));
        if (style === "windows") expect(written.replaceAll("\r\n", "")).not.toContain("\n");
        expect(readYaml(written, ["encryptionsalt"])).toEqual(readYaml(text, ["encryptionsalt"]));
      }),
      { numRuns: 60 },
    );
  },
);

test.each(Object.entries(styles))("in the style %s start and abort give back the same bytes", (style, text) => {
  const path = join(folder, `${style}-back.yaml`);
  writeFileSync(path, text);
  for (const each of [(release: Release) => start(release, { candidate: "v2", attempt: "2" }), abort]) {
    const file = readStackFile({ root: folder, stackFile: path });
    const moved = each(file.release as Release);
    if ("problems" in moved) throw new Error(JSON.stringify(moved.problems));
    writeStackFile(file, renderStackFile(file, moved.release));
  }
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("a file that somebody else changed in the meantime is left to them", () => {
  const path = join(folder, "shared.yaml");
  writeFileSync(path, styles.engine ?? "");
  const file = readStackFile({ root: folder, stackFile: path });
  writeFileSync(path, `${styles.engine}# theirs\n`);
  expect(() => writeStackFile(file, "mine")).toThrow("was changed by somebody else");
  expect(readFileSync(path, "utf8")).toBe(`${styles.engine}# theirs\n`);
});

const release = {
  model: { name: "m", owner: "team", riskTier: "low" },
  platform: { kind: "local" },
  versions: { v1: { source: { kind: "path", path: "models/v1", sha256: hash("1") } } },
  rollout: { stable: "v1", steps: ["5%"] },
};
const renamed = { ...release, model: { ...release.model, owner: "it's us" } } as Release;

/** A project in a folder of its own. */
function projectWith(files: Readonly<Record<string, string>>): { readonly root: string; readonly stackFile: string } {
  const root = mkdtempSync(join(folder, "project-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return { root, stackFile: join(root, "Pulumi.dev.yaml") };
}

function rename(places: { readonly root: string; readonly stackFile: string }): string {
  const file = readStackFile(places);
  expect(file.release).toEqual(release);
  writeStackFile(file, renderStackFile(file, renamed));
  expect(readStackFile(places).release).toEqual(renamed);
  return readFileSync(places.stackFile, "utf8");
}

const project = "name: p\nruntime: nodejs\n";
const json = JSON.stringify(release);

test.each([
  [
    "as `pulumi config set` writes it",
    `config:\n  model-lifecycle:release: '${json}' # set\n`,
    (text: string) => `config:\n  model-lifecycle:release: '${text.replace("'", "''")}' # set\n`,
  ],
  [
    "over several lines",
    `config:\n  model-lifecycle:release: |\n    ${JSON.stringify(release, undefined, 2).replaceAll("\n", "\n    ")}\n  a:b: c\n`,
    () =>
      `config:\n  model-lifecycle:release: |\n    ${JSON.stringify(renamed, undefined, 2).replaceAll("\n", "\n    ")}\n  a:b: c\n`,
  ],
])("a release that is a JSON text stays one, %s", (_, text, expected) => {
  expect(rename(projectWith({ "Pulumi.yaml": project, "Pulumi.dev.yaml": text }))).toBe(
    expected(JSON.stringify(renamed)),
  );
});

test("a release under the older form of its key stays there", () => {
  const text = `config:\n  model-lifecycle:config:release: ${json}\n`;
  expect(rename(projectWith({ "Pulumi.yaml": project, "Pulumi.dev.yaml": text }))).toBe(
    text.replace('"team"', '"it\'s us"'),
  );
});

test.each([
  ["as a value", `value: ${json}`],
  ["as a JSON text", `value: '${json}'`],
])("a release of all stacks in Pulumi.yaml is read %s, and written into the stack's file", (_, value) => {
  const text = `${project}config:\n  model-lifecycle:release:\n    ${value}\n`;
  const places = projectWith({ "Pulumi.yaml": text });
  expect(rename(places)).toMatch(/^config:\n {2}model-lifecycle:release:\n {4}model: /);
  expect(readFileSync(join(places.root, "Pulumi.yaml"), "utf8")).toBe(text);
  const beside = projectWith({ "Pulumi.yaml": text, "Pulumi.dev.yaml": "# mine\nconfig:\n  a:b: c # theirs\n" });
  expect(rename(beside)).toMatch(/^# mine\nconfig:\n {2}a:b: c # theirs\n {2}model-lifecycle:release:\n/);
});

test.each([
  ["is encrypted", "config:\n  model-lifecycle:release:\n    secure: v1:abc\n", "model-lifecycle:release is encrypted"],
  ["is a text and no JSON", "config:\n  model-lifecycle:release: v1\n", "is a text and not JSON"],
  ["is not there", "config:\n  a:b: c\n", "has no model-lifecycle:release"],
  [
    "stands behind a tab",
    "config:\n\t\n  a:b: c\n",
    "Pulumi.dev.yaml:2:1: The engine refuses a tab at the beginning of a line",
  ],
])("a release that %s is refused in a sentence", (_, text, message) => {
  const places = projectWith({ "Pulumi.yaml": project, "Pulumi.dev.yaml": text });
  expect(() => readStackFile(places)).toThrow(
    expect.objectContaining({ name: "Failure", exitCode: 2, message: expect.stringContaining(message) }),
  );
});

test("a file that is not UTF-8 is refused, because it would be written back as another", () => {
  const places = projectWith({ "Pulumi.yaml": project });
  writeFileSync(places.stackFile, Buffer.from(`config: {a:b: "gr\xf6\xdfe"}`, "latin1"));
  expect(() => readStackFile(places)).toThrow("is not UTF-8");
});

test("a link and a mode stay through a write", () => {
  const places = projectWith({ "Pulumi.yaml": project, "real.yaml": `config:\n  model-lifecycle:release: ${json}\n` });
  symlinkSync("real.yaml", places.stackFile);
  chmodSync(join(places.root, "real.yaml"), 0o666);
  rename(places);
  expect(readlinkSync(places.stackFile)).toBe("real.yaml");
  expect(statSync(join(places.root, "real.yaml")).mode & 0o777).toBe(0o666);
});

test("a folder that may not be written in is one sentence, and nothing is half written", () => {
  const places = projectWith({
    "Pulumi.yaml": project,
    "Pulumi.dev.yaml": `config:\n  model-lifecycle:release: ${json}\n`,
  });
  const file = readStackFile(places);
  chmodSync(folder, 0o755);
  chmodSync(places.root, 0o555);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect(() => writeStackFile(file, "config: {}\n")).toThrow(
      expect.objectContaining({
        name: "Failure",
        exitCode: 1,
        message: expect.stringMatching(/^Pulumi\.dev\.yaml cannot be written: .* It is as it was before\.$/),
      }),
    );
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(places.root, 0o755);
  }
  expect(readdirSync(places.root).toSorted()).toEqual(["Pulumi.dev.yaml", "Pulumi.yaml"]);
  expect(readFileSync(places.stackFile, "utf8")).toBe(file.text);
});
