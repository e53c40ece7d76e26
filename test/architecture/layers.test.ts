import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { repository } from "../support/project.ts";
import { drawLayers } from "./drawing.ts";
import { readImports } from "./imports.ts";

const depcruise = path.join(repository, "node_modules/.bin/depcruise");

test("nobody imports upwards", () => {
  const output = execFileSync(depcruise, ["components", "stacks", "policies", "examples"], {
    cwd: repository,
    encoding: "utf8",
  });
  expect(output).toContain("no dependency violations found");
});

test("the drawing of the layers is the code's (npx vitest run test/architecture -u)", async () => {
  await expect(drawLayers(readImports())).toMatchFileSnapshot(path.join(repository, "docs/layers.md"));
});
