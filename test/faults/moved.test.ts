import { existsSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { linesOf, type Run } from "../support/project.ts";
import { pidOf, serverOf, statusOf } from "../support/serving.ts";
import { createStage, expectNothingLeft, gatewayProcess, rollout, type Stage } from "./stage.ts";

// What the engine makes a new resource of though the same thing is wanted: what serves goes on under traffic.

let stage: Stage;

interface Program {
  readonly name?: string;
  /** Source text before the endpoint, its options, and text after it. */
  readonly before?: string;
  readonly opts?: string;
  readonly after?: string;
}

const programOf = ({ name = "sentiment", before = "", opts = "{}", after = "" }: Program): string => `
import * as pulumi from "@pulumi/pulumi";
import { ModelEndpoint, MonitoringStack, readRelease } from "pulumi-model-lifecycle";
import { local, localDocuments } from "pulumi-model-lifecycle/platforms/local";
const release = readRelease();
${before}
const endpoint = new ModelEndpoint("${name}", { release, platform: local() }, ${opts});
new MonitoringStack("${name}-monitoring", { release, monitor: localDocuments() }, ${opts});
${after}
export const url = endpoint.url;
`;

const inAPart = {
  before: `const part = new pulumi.ComponentResource("app:index:Part", "part");`,
  opts: "{ parent: part }",
};

beforeAll(async () => {
  stage = await createStage({
    prepare: (project) => project.write("index.ts", programOf({})),
    first: () => ({ rollout: rollout("25%") }),
  });
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

const processes = () => [
  gatewayProcess,
  ...(["v1", "v2"] as const).map((v) => serverOf("sentiment", v, stage.pins[v])),
];
const pids = () => processes().map((name) => pidOf(stage.folder.root, name));
const documents = () =>
  ["rules.yml", "dashboard.json"].map((file) => existsSync(stage.folder.path(`documents/sentiment.${file}`)));

async function urnOf(name: string): Promise<string> {
  const { output } = await stage.project.pulumi("stack", "export", "--stack", stage.project.stack);
  const { deployment } = JSON.parse(output) as {
    readonly deployment: { readonly resources: readonly { readonly urn: string; readonly type: string }[] };
  };
  const found = deployment.resources.find(
    (each) => each.type.startsWith("model-lifecycle-local:") && each.urn.endsWith(`::${name}`),
  );
  if (found === undefined) throw new Error(`no resource ${name} in ${output}`);
  return found.urn;
}

/** Does something to the stack; sees that it is done, that no request was lost, and that the same processes and rollout go on. */
async function expectKept(act: () => Promise<Run>): Promise<readonly string[]> {
  const before = { pids: pids(), url: (await stage.project.outputs()).url };
  const { startedAt } = (await statusOf(stage.folder.root, "sentiment")).rollout;
  const run = await act();
  expect(run.code, run.output).toBe(0);
  await stage.customers.served(100);
  expect(stage.customers.seen().failed).toEqual([]);
  expect({ pids: pids(), url: (await stage.project.outputs()).url }).toEqual(before);
  expect(documents()).toEqual([true, true]);
  const status = await statusOf(stage.folder.root, "sentiment");
  expect(status.weights).toEqual({ v1: 7_500, v2: 2_500 });
  expect(status.rollout.startedAt).toBe(startedAt);
  return linesOf(run);
}

const up = (program: Program, ...args: string[]): Promise<Run> => {
  stage.project.write("index.ts", programOf(program));
  return stage.project.up("--skip-preview", ...args);
};

const parts = ["gateway", "route", "v1-server", "v2-server", "v1-artifact", "v2-artifact"];

test("a component under another name, without an alias", async () => {
  const lines = await expectKept(() => up({ name: "mood" }));
  for (const part of parts) expect(lines.filter((line) => line.endsWith(`-${part}`))).toHaveLength(2);
});

test("a component under another parent, without an alias", async () => {
  await expectKept(() => up({ name: "mood", ...inAPart }));
  await expectKept(() => up({}));
});

test.each([["gateway"], ["route"], ["v1-server", "v2-artifact", "monitoring-rules"], parts])(
  "up --replace of %s",
  async (...replaced: readonly string[]) => {
    const urns = await Promise.all(replaced.map((part) => urnOf(`sentiment-${part}`)));
    const lines = await expectKept(() => up({}, ...urns.flatMap((urn) => ["--replace", urn])));
    expect(lines.filter((line) => line.startsWith("create-replacement"))).toHaveLength(replaced.length);
  },
);

test("a second endpoint of the model is refused in preview, also under another parent, by both names", async () => {
  const second = (name: string, opts = "") => ({
    after: `new ModelEndpoint("${name}", { release, platform: local() }, {${opts}});`,
  });
  for (const program of [second("mood"), { ...second("sentiment", "parent: part"), before: inAPart.before }]) {
    stage.project.write("index.ts", programOf(program));
    const { code, output } = await stage.project.preview();
    expect(code).not.toBe(0);
    expect(output).toContain(
      `the endpoint of model sentiment: seen two, ModelEndpoint "sentiment" and ModelEndpoint "${program.after.split('"')[1]}"; allowed: one in a stack.`,
    );
  }
  expect(stage.customers.seen().failed).toEqual([]);
});

test("state rename of the gateway, and the program with it", async () => {
  const urn = await urnOf("sentiment-gateway");
  const renamed = await stage.project.pulumi(
    "state",
    "rename",
    urn,
    "elsewhere",
    "--stack",
    stage.project.stack,
    "--yes",
  );
  expect(renamed.code, renamed.output).toBe(0);
  await expectKept(() => up({}));
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
  expect(documents()).toEqual([false, false]);
});
