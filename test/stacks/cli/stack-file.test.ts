import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
import type { Percent, Release } from "../../../components/spec/index.ts";
import { readYaml } from "../../../stacks/cli/edit-yaml.ts";
import { readStackFile, renderStackFile, writeStackFile } from "../../../stacks/cli/stack-file.ts";

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
          const file = readStackFile(path);
          const moved = each(file.release as Release);
          if ("problems" in moved) continue;
          writeStackFile(file, renderStackFile(file, moved.release));
          expect(readStackFile(path).release).toEqual(moved.release);
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
    const file = readStackFile(path);
    const moved = each(file.release as Release);
    if ("problems" in moved) throw new Error(JSON.stringify(moved.problems));
    writeStackFile(file, renderStackFile(file, moved.release));
  }
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("a file that somebody else changed in the meantime is left to them", () => {
  const path = join(folder, "shared.yaml");
  writeFileSync(path, styles.engine ?? "");
  const file = readStackFile(path);
  writeFileSync(path, `${styles.engine}# theirs\n`);
  expect(() => writeStackFile(file, "mine")).toThrow("was changed by somebody else");
  expect(readFileSync(path, "utf8")).toBe(`${styles.engine}# theirs\n`);
});
