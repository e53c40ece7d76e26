import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, linesOf, type Project, repository } from "../support/project.ts";
import { readWorld } from "./toy/serve.ts";

// The same table of kinds as in kinds.test.ts, served to the real engine as a plugin. The tests are one story, in order.

const program = (resources: string): string => `import * as pulumi from "@pulumi/pulumi";

class Bucket extends pulumi.CustomResource {
  constructor(name, args, opts) {
    super("toy:index:Bucket", name, { arn: undefined, key: undefined, ...args }, opts);
  }
}
class Queue extends pulumi.CustomResource {
  constructor(name, args, opts) {
    super("toy:mq/queue:Queue", name, { ...args }, opts);
  }
}
class Topic extends pulumi.CustomResource {
  constructor(name, args, opts) {
    super("toy:mq/topic:Topic", name, { ...args }, opts);
  }
}
${resources}
`;

const settings = `name: shop
runtime: { name: nodejs, options: { typescript: false } }
main: index.js
plugins:
  providers:
    - name: toy
      path: ${path.join(repository, "test/provider/toy/plugin")}
`;

let project: Project;
let world: string;

beforeAll(async () => {
  project = await createProject({
    prepare: async (dir, env) => {
      world = path.join(dir, "world.json");
      env.TOY_WORLD = world;
      writeFileSync(path.join(dir, "Pulumi.yaml"), settings);
      writeFileSync(path.join(dir, "package.json"), JSON.stringify({ name: "shop", private: true, type: "module" }));
      mkdirSync(path.join(dir, "node_modules/@pulumi"), { recursive: true });
      const sdk = "node_modules/@pulumi/pulumi";
      symlinkSync(path.join(repository, sdk), path.join(dir, sdk), "dir");
    },
  });
});
afterAll(() => project[Symbol.asyncDispose]());

const write = (resources: string): void => project.write("index.js", program(resources));
const done = (): readonly string[] => readWorld(world).done;

async function up(): Promise<readonly string[]> {
  const run = await project.up("--skip-preview");
  expect(run.code, run.output).toBe(0);
  return linesOf(run);
}

test("a preview tells all problems before anything is made, also of what is not all known yet, and prints no stack", async () => {
  write(`const b = new Bucket("b", { name: "b", content: "", size: 10 });
new Bucket("c", { name: b.arn, content: "" });`);
  const { code, output } = await project.preview();
  expect(code).not.toBe(0);
  expect(output).toContain("size: seen 10; allowed: at most 9. Make it smaller.");
  expect(output.match(/content: seen nothing; allowed: some\. Give it some\./g)?.length).toBeGreaterThanOrEqual(2);
  expect(output).not.toMatch(/\n\s+at /);
});

test("a type that the table does not have is refused with those that it has, and prints no stack", async () => {
  write(`new Topic("t", { name: "t" });`);
  const { code, output } = await project.preview();
  expect(code).not.toBe(0);
  expect(output).toContain("toy has no resource mq/topic:Topic; it has Bucket, mq/queue:Queue");
  expect(output).not.toMatch(/\n\s+at /);
});

test("it is created, with what another one says; and a secret stands nowhere in the state", async () => {
  write(`const b = new Bucket("b", { name: "b", content: "one", password: pulumi.secret("hunter2") });
new Queue("q", { target: b.arn });`);
  expect(await up()).toEqual(["create Bucket b", "create Queue q", "create Stack shop-dev", "create toy default"]);
  expect(done()).toEqual(["create b: one", "create queue to toy://b"]);
  expect(readWorld(world).things.get("toy://b")).toMatchObject({ region: "north", size: 1, password: "hunter2" });
  const { output } = await project.pulumi("stack", "export", "--stack", project.stack);
  expect(output).toContain("toy://b");
  expect(output).not.toMatch(/hunter2|key of b/);
});

test("it is updated in place; and what names another thing is deleted before the new one is made", async () => {
  write(`new Bucket("b", { name: "b", content: "two" });
new Queue("q", { target: "elsewhere" });`);
  expect(await up()).toEqual([
    "create-replacement Queue q",
    "delete-replaced Queue q",
    "replace Queue q",
    "update Bucket b: content, password",
  ]);
  expect(done().slice(2).toSorted()).toEqual([
    "create queue to elsewhere",
    "delete queue to toy://b",
    "update (was one) b: two",
  ]);
  expect(done().indexOf("delete queue to toy://b")).toBeLessThan(done().indexOf("create queue to elsewhere"));
});

test("what is not ready fails the run, and is kept", async () => {
  write(`new Bucket("b", { name: "b", content: "two" });
new Queue("q", { target: "elsewhere" });
new Queue("jammed", { target: "jammed", jams: true });`);
  const { code, output } = await project.up("--skip-preview");
  expect(code).not.toBe(0);
  expect(output).toContain("it is jammed after 3 of 5 steps");
  expect((await project.pulumi("stack", "export", "--stack", project.stack)).output).toContain("mq/queue:Queue jammed");
});

test("what exists is imported by its id", async () => {
  const { things, done: before } = readWorld(world);
  const there = { name: "there", content: "old", region: "south", size: 3 };
  writeFileSync(world, JSON.stringify({ things: [...things, ["toy://there", there]], done: before }));
  write(`new Bucket("b", { name: "b", content: "two" });
new Bucket("there", ${JSON.stringify(there)}, { import: "toy://there" });`);
  expect(await up()).toEqual(["delete Queue jammed", "delete Queue q", "import Bucket there"]);
  expect(done()).not.toContain("create there: old");
});

test("a state of an earlier version is no change, and is changed and deleted as what it means now", async () => {
  const exported = await project.pulumi("stack", "export", "--stack", project.stack);
  project.write("old.json", exported.output.replaceAll('"content"', '"sha256"'));
  const goBack = () => project.pulumi("stack", "import", "--stack", project.stack, "--file", "old.json");
  expect((await goBack()).code).toBe(0);
  const there = `new Bucket("there", { name: "there", content: "old", region: "south", size: 3 });`;
  write(`new Bucket("b", { name: "b", content: "two" });\n${there}`);
  const preview = await project.preview("--refresh");
  expect(preview.code, preview.output).toBe(0);
  expect(linesOf(preview)).toEqual([]);
  const refreshed = await project.up("--skip-preview", "--refresh");
  expect(refreshed.code, refreshed.output).toBe(0);
  expect(linesOf(refreshed)).toEqual([]);
  expect((await goBack()).code).toBe(0);
  write(`new Bucket("b", { name: "b", content: "three" });`);
  const changes = done().length;
  expect(await up()).toEqual(["delete Bucket there", "update Bucket b: content, sha256"]);
  expect(
    done()
      .slice(changes)
      .filter((line) => !line.startsWith("read")),
  ).toEqual(["update (was two) b: three", "delete there: old"]);
});

test("destroyed, nothing is left", async () => {
  expect((await project.destroy()).code).toBe(0);
  expect(readWorld(world).things.size).toBe(0);
});
