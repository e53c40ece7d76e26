import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, linesOf, type Project, repository } from "../support/project.ts";

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project[Symbol.asyncDispose]());

const kit = (file: string) => JSON.stringify(`${repository}/dist/components/kit/${file}.js`);

test("a child with a foreign name fails the preview with that sentence and no stack", async () => {
  project.write(
    "index.ts",
    `import * as pulumi from "@pulumi/pulumi";
     import { LifecycleComponent } from ${kit("component")};
     class Part extends LifecycleComponent {
       constructor(name) {
         super("Part", name, {});
         new pulumi.ComponentResource("thing:index:Thing", "other", {}, { parent: this });
       }
     }
     new Part("mine");`,
  );
  const run = await project.preview();
  expect(run.code).not.toBe(0);
  expect(run.output).toContain('error: Part "mine": child thing:index:Thing is named "other"; allowed: "mine"');
  expect(run.output).not.toMatch(/^\s+at /m);
  expect(linesOf(run).filter((line) => line.includes("Thing"))).toEqual([]);
});

test("an engine that is too old is told so; this one is not", async () => {
  const asking = (range: string) =>
    `import { requireEngine } from ${kit("engine-version")}; await requireEngine(${range});`;
  project.write("index.ts", asking('">=99.0.0"'));
  const old = await project.preview();
  expect(old.code).not.toBe(0);
  expect(old.output).toContain("error: pulumi-model-lifecycle: ");
  expect(old.output).toContain(">=99.0.0");
  expect(old.output).not.toMatch(/^\s+at /m);

  project.write("index.ts", asking(""));
  expect((await project.preview()).code).toBe(0);
});
