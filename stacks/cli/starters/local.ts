import { pathSource } from "../../../components/sources/path/document.ts";
import type { PlatformStarter } from "./platform-starter.ts";

/** A first model, small enough to be read: one decision tree over two features. See docs/model-format.md. */
export const starterModel: Readonly<Record<string, string>> = {
  "models/v1/model.json": `${JSON.stringify(
    {
      name: "approval",
      version: "v1",
      runtime: "trees",
      inputs: ["income_k", "debt_ratio"],
      outputs: { label: "label", score: "score" },
      labels: ["decline", "approve"],
      threshold: 0.5,
      metrics: {},
    },
    undefined,
    2,
  )}\n`,
  "models/v1/weights.json": `${JSON.stringify(
    {
      intercept: -0.5,
      trees: [
        {
          feature: "debt_ratio",
          below: 0.4,
          yes: { feature: "income_k", below: 20, yes: { value: 0.2 }, no: { value: 1.8 } },
          no: { value: -1.2 },
        },
      ],
    },
    undefined,
    2,
  )}\n`,
};

/** A first project on this machine: it comes with a model, and runs as it is. */
export const starter: PlatformStarter = {
  model: starterModel,
  packages: {},
  archives: false,
  before: [],
  program: `import { ModelEndpoint, readRelease } from "pulumi-model-lifecycle";
import { local } from "pulumi-model-lifecycle/platforms/local";

// Everything that changes stands in the stack's configuration: Pulumi.<stack>.yaml.
const release = readRelease();

const endpoint = new ModelEndpoint(release.model.name, { release, platform: local() });

export const url = endpoint.url;
`,
  release: ({ model, content }) => `model-lifecycle:release:
  model:
    name: ${model}
    owner: my-team # who answers for it
    riskTier: low # low | medium | high
  platform: { kind: local } # processes and a gateway on this machine

  # The versions by name, each with the hash of its files: \`mlc pin\` writes it.
  versions:
    v1:
      source: { kind: path, path: models/v1, ${pathSource.pinField}: "${content}" }

  rollout:
    stable: v1
    # The next version goes here: add it to versions, then \`mlc pin\` and \`mlc start v2\`.
    steps: ["shadow", "5%", "25%", "50%", "100%"]
    advance: automatic # automatic | manual
    bake: "1 minute" # the least time on a step
    guards: # a guard that fires takes all traffic from the candidate at once
      - { metric: errorRate, margin: "0.5pp" } # points
      - { metric: latency, margin: "20%" } # relative to stable
    onInconclusive: hold # hold | rollback | promote
`,
};
