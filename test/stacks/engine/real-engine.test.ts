import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, findEngine } from "../../../stacks/engine/index.ts";
import { isAlive, until } from "./fake-machine.ts";

const packages = resolve(import.meta.dirname, "../../../node_modules");
const BUILD_MILLISECONDS = 1_800_000;

let engine: Engine;
beforeAll(async () => {
  engine = await findEngine({ progress: (line) => process.stderr.write(`${line}\n`) });
}, BUILD_MILLISECONDS);

const root = mkdtempSync(join(tmpdir(), "real-engine-"));
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** A folder with programs and a file backend of its own, on the engine that was found. */
function workplace(name: string, folders: { readonly [folder: string]: { readonly [file: string]: string } }) {
  const home = join(root, name);
  mkdirSync(join(home, "state"), { recursive: true });
  symlinkSync(packages, join(home, "node_modules"));
  for (const [folder, files] of Object.entries(folders)) {
    mkdirSync(join(home, folder));
    for (const [file, content] of Object.entries(files)) writeFileSync(join(home, folder, file), content);
  }
  const env = {
    HOME: home,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    PULUMI_HOME: join(home, "pulumi"),
    PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "x",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const pulumi = (...args: readonly string[]): Promise<Outcome> =>
    new Promise((done) => {
      const options = { cwd: join(home, "program"), env };
      execFile(engine.path, [...args, "--non-interactive", "--color=never"], options, (error, stdout, stderr) =>
        done({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      );
    });
  return { home, pulumi };
}

const manifest = (name: string, main: string) => JSON.stringify({ name, version: "1.0.0", type: "module", main });
const runtime = "runtime: { name: nodejs, options: { typescript: false } }";

test("an ESM program goes through preview, up, up again and destroy, as JavaScript", async () => {
  const { pulumi } = workplace("javascript", {
    program: {
      "Pulumi.yaml": `name: tiny\n${runtime}\n`,
      "package.json": manifest("tiny", "index.js"),
      "index.js": `import * as pulumi from "@pulumi/pulumi";
        const config = new pulumi.Config();
        new pulumi.ComponentResource("tiny:index:Part", "part");
        export const size = config.requireNumber("size") * 2;
        export const secret = config.requireSecret("word");`,
    },
  });
  expect(await pulumi("stack", "init", "dev")).toMatchObject({ code: 0 });
  await pulumi("config", "set", "size", "21");
  await pulumi("config", "set", "--secret", "word", "hidden");

  const preview = await pulumi("preview");
  expect(preview).toMatchObject({ code: 0, output: expect.stringContaining("+ 2 to create") });
  expect(preview.output).not.toContain("warning");
  const up = await pulumi("up", "--yes", "--skip-preview");
  expect(up).toMatchObject({ code: 0, output: expect.stringContaining("+ 2 created") });
  const outputs = await pulumi("stack", "output", "--json");
  expect(JSON.parse(outputs.output)).toEqual({ size: 42, secret: "[secret]" });

  expect(await pulumi("up", "--yes")).toMatchObject({ code: 0, output: expect.stringContaining("2 unchanged") });
  expect(await pulumi("destroy", "--yes")).toMatchObject({ code: 0, output: expect.stringContaining("- 2 deleted") });
  expect(await pulumi("destroy", "--yes")).toMatchObject({ code: 0 });
});

test("a program, a provider by path and a policy pack work together and leave no process", async () => {
  const pids = join(root, "provider-pids");
  const { pulumi } = workplace("provider", {
    program: {
      "Pulumi.yaml": `name: tiny\n${runtime}\nplugins: { providers: [{ name: thing, path: ../provider }] }\n`,
      "package.json": manifest("tiny", "index.ts"),
      "index.ts": `import * as pulumi from "@pulumi/pulumi";
        const size: number = new pulumi.Config().requireNumber("size");
        new pulumi.CustomResource("thing:index:Thing", "one", { size });`,
    },
    provider: {
      "PulumiPlugin.yaml": "runtime: nodejs\n",
      "package.json": manifest("thing", "index.js"),
      "index.js": `import { appendFileSync } from "node:fs";
        import { main } from "@pulumi/pulumi/provider/index.js";
        appendFileSync(${JSON.stringify(pids)}, process.pid + "\\n");
        const provider = {
          version: "1.0.0",
          check: async (urn, olds, news) => ({ inputs: news }),
          diff: async (id, urn, olds, news) => ({ changes: olds.size !== news.size }),
          create: async (urn, inputs) => ({ id: "thing-1", outs: inputs }),
          update: async (id, urn, olds, news) => ({ outs: news }),
          delete: async () => {},
        };
        main(provider, process.argv.slice(2));`,
    },
    pack: {
      "PulumiPolicy.yaml": `${runtime}\nversion: 1.0.0\n`,
      "package.json": manifest("pack", "index.js"),
      "index.js": `import { PolicyPack } from "@pulumi/policy";
        const small = (resource, report) => resource.props.size > 9 && report("9 is the most a thing may have");
        const policy = { name: "small", description: "Things are small.", enforcementLevel: "mandatory" };
        new PolicyPack("pack", { policies: [{ ...policy, validateResource: small }] });`,
    },
  });
  const pack = ["--policy-pack", "../pack"];
  await pulumi("stack", "init", "dev");
  await pulumi("config", "set", "size", "1");
  expect(await pulumi("preview", ...pack)).toMatchObject({ code: 0, output: expect.stringContaining("+ 2 to create") });
  const first = await pulumi("up", "--yes", "--skip-preview", ...pack);
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining("+ 2 created") });

  await pulumi("config", "set", "size", "10");
  const refused = await pulumi("up", "--yes", "--skip-preview", ...pack);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("9 is the most a thing may have");

  await pulumi("config", "set", "size", "2");
  const second = await pulumi("up", "--yes", "--skip-preview", ...pack);
  expect(second).toMatchObject({ code: 0, output: expect.stringContaining("~ 1 updated") });
  expect(await pulumi("destroy", "--yes")).toMatchObject({ code: 0, output: expect.stringContaining("- 2 deleted") });

  const started = readFileSync(pids, "utf8").trim().split("\n").map(Number);
  expect(started.length).toBeGreaterThan(0);
  await until(() => !started.some(isAlive));
});

test("a program that reports an error fails the preview with that message and no other", async () => {
  const { pulumi } = workplace("broken", {
    program: {
      "Pulumi.yaml": `name: tiny\n${runtime}\n`,
      "package.json": manifest("tiny", "index.js"),
      "index.js": `import { RunError } from "@pulumi/pulumi";
        const error = new RunError("no such model");
        // Some Node 22 take half a minute to colour the SDK's frames (https://github.com/nodejs/node/issues/64011).
        error.stack = error.message;
        throw error;`,
    },
  });
  await pulumi("stack", "init", "dev");
  const preview = await pulumi("preview");
  expect(preview.code).not.toBe(0);
  expect(preview.output).toContain("no such model");
  expect(preview.output).not.toContain("an unhandled error occurred");
});
