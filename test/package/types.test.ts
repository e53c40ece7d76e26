import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository, run } from "../support/project.ts";
import { installPackage } from "./installed.ts";
import { stranger } from "./stranger.ts";

// The types of the packed package, as each way in which TypeScript looks for them finds them.

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "mlc-types-"));
  await installPackage(dir, { ...process.env });
  writeFileSync(path.join(dir, "index.ts"), PROGRAM);
  writeFileSync(path.join(dir, "stranger.ts"), stranger);
}, 300_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const PROGRAM = `
import { ModelEndpoint, readRelease } from "pulumi-model-lifecycle";
import { judge } from "pulumi-model-lifecycle/analysis";
import { promote } from "pulumi-model-lifecycle/lifecycle";
import { local } from "pulumi-model-lifecycle/platforms/local";
import { parseRelease } from "pulumi-model-lifecycle/spec";

const release = readRelease();
export const url: object = new ModelEndpoint(release.model.name, { release, platform: local() }).url;
export const used: readonly object[] = [judge, promote, parseRelease];
// @ts-expect-error A name is text: whoever finds no types finds nothing wrong here.
new ModelEndpoint(7, { release, platform: local() });
`;

test.each([
  ["node10", "commonjs"],
  ["node16", "node16"],
  ["nodenext", "nodenext"],
  ["bundler", "esnext"],
])(
  "a program with moduleResolution %s and module %s has them, and what somebody else implements compiles against them",
  async (moduleResolution, module) => {
    const options = {
      ...{ module, moduleResolution, target: "es2023", strict: true, noEmit: true, skipLibCheck: true },
      ...{ types: ["node"], typeRoots: [path.join(repository, "node_modules/@types")] },
      // As Pulumi's own templates still have it.
      ...(moduleResolution === "node10" ? { ignoreDeprecations: "6.0" } : {}),
    };
    writeFileSync(
      path.join(dir, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["index.ts", "stranger.ts"] }),
    );
    const compiler = path.join(repository, "node_modules/typescript/bin/tsc");
    expect(await run(process.execPath, [compiler, "-p", "."], dir, process.env)).toEqual({ code: 0, output: "" });
  },
);

test("every sub-path with types has them for the old resolution as well", () => {
  const { exports, typesVersions } = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));
  const typed = Object.entries(exports as Record<string, string | { types: string }>).flatMap(([name, entry]) =>
    typeof entry === "string" ? [] : [[name === "." ? "index" : name.slice(2), [entry.types]]],
  );
  expect(typesVersions["*"]).toEqual(Object.fromEntries(typed));
});
