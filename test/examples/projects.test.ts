import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { examineRelease } from "../../components/release/release.ts";
import { repository } from "../support/project.ts";

const read = (file: string): string => readFileSync(path.join(repository, file), "utf8");
const stackFiles = globSync("examples/*/Pulumi.*.yaml", { cwd: repository });

test("each example with a project has a stack of its own", () => {
  expect([...new Set(stackFiles.map((file) => path.dirname(file)))].toSorted()).toEqual(
    globSync("examples/*/Pulumi.yaml", { cwd: repository })
      .map((file) => path.dirname(file))
      .toSorted(),
  );
  expect(stackFiles.length).toBeGreaterThanOrEqual(2);
});

describe.each(stackFiles)("%s", (file) => {
  test("names the schema that the package has for editors", () => {
    const { exports } = JSON.parse(read("package.json")) as { readonly exports: Readonly<Record<string, unknown>> };
    const [, schema] = /^# yaml-language-server: \$schema=(.*)$/m.exec(read(file)) ?? [];
    expect(schema).toBe(
      path.posix.join("node_modules/pulumi-model-lifecycle", String(exports["./release.schema.json"])),
    );
  });

  test("is a release that lacks nothing but the pins of its models, of a project named like its folder", () => {
    const { config } = parse(read(file)) as { readonly config: Readonly<Record<string, Release>> };
    const release = config["model-lifecycle:release"];
    const missing = examineRelease(release).problems?.map((problem) => problem.path);
    const versions = Object.keys(release?.versions ?? {});
    expect(missing).toEqual(versions.map((name) => `model-lifecycle:release.versions.${name}.source.sha256`));
    expect(parse(read(path.join(path.dirname(file), "Pulumi.yaml")))).toMatchObject({
      name: path.basename(path.dirname(file)),
    });
  });
});

interface Release {
  readonly versions: object;
}
