import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { repository, run } from "../support/project.ts";

test("the policy pack without its optional peer says what to install, in one sentence", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "mlc-pack-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const part of [
    "dist/policies",
    "dist/components/release",
    "dist/components/traffic",
    "dist/components/lifecycle",
    "package.json",
  ]) {
    cpSync(path.join(repository, part), path.join(dir, part), { recursive: true });
  }
  mkdirSync(path.join(dir, "node_modules"));
  symlinkSync(path.join(repository, "node_modules/zod"), path.join(dir, "node_modules/zod"), "dir");
  // As the engine loads it.
  const load = ["-e", 'require("./dist/policies/pack")'];
  expect(await run(process.execPath, load, dir, process.env)).toEqual({
    code: 1,
    output:
      "The policy pack model-lifecycle needs @pulumi/policy, which is not installed: npm install @pulumi/policy\n",
  });
});
