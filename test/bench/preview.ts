import { type Endpoint, withEndpoint } from "./endpoint.ts";
import { type Figure, figure, median } from "./figure.ts";

const runs = 9;

/** The same resources without components, checks or a release document: what one would write by hand. */
const byHand = (resources: string): string => `
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";

class Local extends pulumi.CustomResource {
  constructor(type: string, name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super("model-lifecycle-local:index:" + type, name, args, opts);
  }
}
const made: Record<string, Local> = {};
for (const [type, name, args, dependsOn] of ${resources} as [string, string, pulumi.Inputs, string[]][]) {
  made[name] = new Local(type, name, args, { dependsOn: dependsOn.map((on) => made[on]!) });
}
`;

/** Preview of the components against the same resources written by hand, turn by turn. */
export const benchPreview = (): Promise<readonly Figure[]> =>
  withEndpoint((components) => withEndpoint((plain) => compare(components, plain)));

async function compare({ project }: Endpoint, plain: Endpoint): Promise<readonly Figure[]> {
  const { code, output } = await plain.project.pulumi("stack", "export", "--stack", plain.project.stack);
  if (code !== 0) throw new Error(output);
  const exported = JSON.parse(output) as { readonly deployment: { readonly resources: readonly StateResource[] } };
  const resources = exported.deployment.resources
    .filter(({ type }) => type.startsWith("model-lifecycle-local:index:"))
    .map(({ type, urn, inputs, dependencies = [] }) => [
      type.split(":")[2],
      nameOf(urn),
      inputs,
      dependencies.map(nameOf),
    ]);
  await plain.project.destroy();
  plain.project.write("index.ts", byHand(JSON.stringify(resources)));
  const deployed = await plain.project.up();
  if (deployed.code !== 0) throw new Error(deployed.output);
  const times = { components: [] as number[], plain: [] as number[] };
  for (let run = 0; run <= runs; run++) {
    for (const [which, each] of [
      ["components", project],
      ["plain", plain.project],
    ] as const) {
      const started = performance.now();
      const preview = await each.preview("--refresh=false");
      if (preview.code !== 0) throw new Error(preview.output);
      if (run > 0) times[which].push((performance.now() - started) / 1000);
    }
  }
  const ratio = median(times.components) / median(times.plain);
  const detail = `median of ${runs}, turn by turn: components ${median(times.components).toFixed(2)} s, by hand ${median(times.plain).toFixed(2)} s`;
  return [figure("preview-vs-plain", ratio, "ratio", { atMost: 1.1 }, detail)];
}

interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly inputs: unknown;
  readonly dependencies?: readonly string[];
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
