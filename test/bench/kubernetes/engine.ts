import { readFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { type ClusterStack, openStack } from "../../platforms/kubernetes/engine/stack.ts";
import { repository } from "../../support/project.ts";
import { type Figure, figure, median } from "../figure.ts";

// The engine's part, on a simulated cluster: it shows what a run changes and how long a preview takes, and no traffic.

const RUNS = 5;
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } };
/** Its versions are scaled by load. */
const scaled = JSON.parse(readFileSync(path.join(repository, "test/golden/kubernetes/release.json"), "utf8"));
/** The same with two pods for each version. */
const release = { ...scaled, platform: { ...scaled.platform, replicas: { least: "2", most: "2" } } };
const withRollout = (rollout: object, of: typeof release = release): object => ({
  ...of,
  rollout: { ...rollout, guards: of.rollout.guards },
});

/** What a step, a rollback and other runs change; and a preview, and the lines of a program, beside the same objects by hand. */
export async function engineFigures(): Promise<readonly Figure[]> {
  const figures = await withStack(undefined, async (ours) => {
    await must(ours, release);
    return [...(await changes(ours)), ...(await besidePlain(ours))];
  });
  const rollback = await withStack(undefined, async (ours) => {
    await must(ours, scaled);
    return must(ours, withRollout({ stable: "v1" }, scaled));
  });
  const detail = `beside scalers that hold the capacity: ${rollback.join("; ")}`;
  return [...figures, figure("rollback-changes, scaled by load", rollback.length, "objects", { atMost: 1 }, detail)];
}

async function withStack<Result>(
  program: string | undefined,
  use: (stack: ClusterStack) => Promise<Result>,
): Promise<Result> {
  const stack = await openStack([namespace], program === undefined ? {} : { program });
  try {
    return await use(stack);
  } finally {
    await stack[Symbol.asyncDispose]();
  }
}

async function changes(stack: ClusterStack): Promise<readonly Figure[]> {
  const climbing = moveWeights(stack);
  const edited = { ...release, model: { ...release.model, owner: "somebody-else" } };
  let moved = 0;
  for (const [document, ...args] of [[release], [release, "--refresh"], [edited, "--refresh"], [release]] as const) {
    await must(stack, document, ...args);
    moved += Number(weightsOf(stack) !== climbing);
  }
  const step = await must(stack, withRollout({ stable: "v1", candidate: "v2", weight: "100%" }));
  const rollback = await must(stack, withRollout({ stable: "v1" }));
  await must(stack, release);
  const detail = "objects of the cluster that a run of the engine changed";
  return [
    figure("step-changes", step.length, "objects", { atMost: 1 }, `${detail}: ${step.join("; ")}`),
    figure("rollback-changes", rollback.length, "objects", { atMost: 1 }, `${detail}: ${rollback.join("; ")}`),
    figure(
      "foreign-weights",
      moved,
      "runs",
      { atMost: 0 },
      "that moved a weight of a running rollout, looked at after each: up, up --refresh, an unrelated edit with --refresh, and back",
    ),
  ];
}

async function must(stack: ClusterStack, document: object, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, output, lines } = await stack.up(document, ...args);
  if (code !== 0) throw new Error(output);
  return lines;
}

const ROUTE = "/apis/gateway.networking.k8s.io/v1/namespaces/models/httproutes/sentiment";

const weightsOf = (stack: ClusterStack): string =>
  JSON.stringify(
    (stack.cluster().send({ method: "GET", path: ROUTE }).body as unknown as { readonly spec: object }).spec,
  );

/** As a controller does. */
function moveWeights(stack: ClusterStack): string {
  const spec = JSON.parse(weightsOf(stack).replace(/"weight":10000/, '"weight":9000'));
  const sent = stack.cluster().send({
    ...{ method: "PATCH", path: `${ROUTE}?fieldManager=mlc-controller` },
    ...{ contentType: "application/merge-patch+json", body: { spec: { rules: spec.rules } } },
  });
  if (sent.status !== 200) throw new Error(JSON.stringify(sent.body));
  return weightsOf(stack);
}

async function besidePlain(ours: ClusterStack): Promise<readonly Figure[]> {
  const program = byHand(await objectsOf(ours));
  const times = await withStack(program, async (plain) => {
    plain.project.write("controller.mjs", readFileSync(path.join(repository, CONTROLLER), "utf8"));
    await must(plain, release);
    return timesOf({ ours, plain });
  });
  const written = linesIn(readFileSync(path.join(ours.project.dir, "index.ts"), "utf8")) + linesIn(configuration);
  const [mine, theirs] = [median(times.ours), median(times.plain)];
  const taken = `median of ${RUNS}, turn by turn: ${mine.toFixed(2)} s, the same objects by hand ${theirs.toFixed(2)} s`;
  const lines = `program and release ${written} lines, the same objects in plain Pulumi ${linesIn(program)}, empty ones left out`;
  return [
    figure("preview-vs-plain", mine / theirs, "ratio", { atMost: 1.1 }, taken),
    figure("lines-vs-plain", written / linesIn(program), "ratio", { atMost: 0.125 }, lines),
  ];
}

/** How long each takes over a preview, in s; the first of each is not counted. */
async function timesOf(
  stacks: Readonly<Record<"ours" | "plain", ClusterStack>>,
): Promise<Readonly<Record<"ours" | "plain", readonly number[]>>> {
  const times = { ours: [] as number[], plain: [] as number[] };
  for (let run = 0; run <= RUNS; run++) {
    for (const which of ["ours", "plain"] as const) {
      const began = performance.now();
      const { code, output } = await stacks[which].preview(release);
      if (code !== 0) throw new Error(output);
      if (run > 0) times[which].push((performance.now() - began) / 1000);
    }
  }
  return times;
}

const CONTROLLER = "dist/components/platforms/kubernetes/controller/main.mjs";
const linesIn = (text: string): number => text.split("\n").filter((line) => line.trim() !== "").length;

/** The release as docs/kubernetes.md writes it. */
const configuration = inspect(release, { depth: null, breakLength: 100, compact: 2 });

interface StateObject {
  readonly type: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
}

async function objectsOf({ project }: ClusterStack): Promise<readonly StateObject[]> {
  const { output } = await project.pulumi("stack", "export", "--stack", project.stack);
  const { deployment } = JSON.parse(output) as { readonly deployment: { readonly resources: readonly StateObject[] } };
  return deployment.resources.filter(({ type }) => /^kubernetes:.+\/v/.test(type));
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** What one would write without this library: the same objects, in the formatter's style. */
function byHand(objects: readonly StateObject[]): string {
  const names = new Map(objects.map(({ urn }, index) => [urn, `object${index}`]));
  const made = objects.map(({ type, urn, inputs, dependencies = [] }) => {
    const on = dependencies.flatMap((each) => names.get(each) ?? []);
    const opts = [
      ...(on.length === 0 ? [] : [`dependsOn: [${on.join(", ")}]`]),
      ...(type.endsWith(":HTTPRoute") ? ['ignoreChanges: ["spec.rules"]'] : []),
      ...(/-(rollout|history)$/.test(urn) ? ['ignoreChanges: ["data", "binaryData"]'] : []),
    ];
    const printed = inspect(withoutCode(inputs), { depth: null, breakLength: 110, compact: 3, maxStringLength: null });
    const args = printed.replace(`'${CODE}'`, "code");
    return `const ${names.get(urn)} = new ${classOf(type)}(${JSON.stringify(nameOf(urn))}, ${args}${opts.length === 0 ? "" : `, { ${opts.join(", ")} }`});`;
  });
  return `import { readFileSync } from "node:fs";\nimport * as k8s from "@pulumi/kubernetes";\n\nconst code = readFileSync("controller.mjs", "utf8");\n${made.join("\n")}\n`;
}

const CODE = "the program of the controller";

const withoutCode = (inputs: StateObject["inputs"]): object =>
  "data" in inputs && JSON.stringify(inputs.data).length > 10_000 ? { ...inputs, data: { "main.mjs": CODE } } : inputs;

/** `kubernetes:apps/v1:Deployment` is `k8s.apps.v1.Deployment`. */
function classOf(type: string): string {
  const [, groupVersion = "", kind = ""] = type.split(":");
  const [group = "", version = ""] = groupVersion.split("/");
  return group.startsWith("gateway.")
    ? "k8s.apiextensions.CustomResource"
    : `k8s.${group.split(".")[0]}.${version}.${kind}`;
}
