/** A program of somebody else that implements everything that may be implemented, by the package's exports alone. */
export const stranger = `
import * as pulumi from "@pulumi/pulumi";
import { ModelArchive, ModelEndpoint, MonitoringStack, readRelease } from "pulumi-model-lifecycle";
import {
  type ArchiveStore,
  allMetrics,
  type Capabilities,
  checkPlan,
  type DataPlane,
  good,
  hashDirectory,
  listDirectory,
  type LoadMonitor,
  type LoadPlatform,
  type LoadRegistry,
  type LoadSource,
  type LoadStore,
  type LocateDataPlane,
  type Monitor,
  type RegistryWriter,
  type ServingContext,
  type ServingHandle,
  type ServingPlan,
  type ServingPlatform,
  SourceError,
} from "pulumi-model-lifecycle/platforms";
import {
  NotReady,
  type Place,
  type ResourceKind,
  ResourceProvider,
  serveProvider,
} from "pulumi-model-lifecycle/provider";

class Thing extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super("cloud:index:Thing", name, inputs, opts);
  }
}

const capabilities: Capabilities = {
  sources: ["files"],
  runtimes: [],
  archives: [],
  golden: false,
  maxVariants: 2,
  shadow: false,
  sticky: false,
  weights: { kind: "exact" },
  climbs: "controller",
  guards: { ...allMetrics, latency: { finest: 0.5 } },
  feedback: false,
  pinning: false,
  notices: false,
  gone: false,
  abortSeconds: 120,
  series: ["invocations"],
};

const store: ArchiveStore = {
  store({ name, parent, tags, dependsOn }, { version, retentionDays, reason }) {
    new Thing(\`\${name}-copy\`, { version, retentionDays, reason, tags }, { parent, dependsOn: [...dependsOn] });
    return { uri: pulumi.output("cloud://" + version), manifestSha256: pulumi.output("") };
  },
};

const serve = ({ name, parent, tags }: ServingContext, { traffic }: ServingPlan): ServingHandle => ({
  url: pulumi.output("https://cloud.example"),
  route: new Thing(\`\${name}-route\`, { weight: traffic.weight, tags }, { parent }),
  variants: {},
});

const cloud = (): ServingPlatform => ({
  kind: "cloud",
  capabilities,
  serve,
  keep: ({ name, parent }, _release, { as, content }) =>
    new Thing(\`\${name}-\${as}\`, { content }, { parent }).id.apply((id) => id),
  archive: store,
});
export const load: LoadPlatform<{ readonly kind: "cloud" }> = cloud;
export const loadStore: LoadStore<{ readonly kind: "shelf" }> = (_part, platform) => platform.archive ?? store;

const whiteboard: RegistryWriter = {
  write({ name, parent, after }, { release, url }) {
    new Thing(\`\${name}-line\`, { stable: release.rollout.stable, url }, { parent, dependsOn: [...after] });
  },
};
export const loadRegistry: LoadRegistry<{ readonly kind: "whiteboard" }> = () => whiteboard;

const bell: Monitor = { watch: (_context, { traffic }) => ({ rules: pulumi.output(traffic.model) }) };
export const loadMonitor: LoadMonitor<{ readonly kind: "bell" }> = (_part, platform) => {
  if (platform.capabilities.series.length === 0) throw new Error("nothing to watch");
  return bell;
};

export const loadSource: LoadSource<{ readonly url: string }> = ({ url }, { root }) => ({
  name: url,
  place: root,
  async pin() {
    return { content: await hashDirectory(root), files: await listDirectory(root) };
  },
  async verify(content) {
    return content === (await hashDirectory(root)) ? [] : ["it is another one"];
  },
  async open() {
    throw new SourceError({ seen: url, allowed: "a bucket", cure: "name one", field: "url" });
  },
  async read() {
    return undefined;
  },
});

const dataPlane: DataPlane = {
  place: "https://cloud.example",
  capabilities: async () => capabilities,
  exists: async () => true,
  endpoints: async () => [],
  known: async () => [],
  status: async (endpoint) => ({ endpoint, error: "asleep" }),
  takeBack: async (endpoint, { way, reason }) => ({ endpoint, error: way + reason }),
  endedBefore: async () => undefined,
  refusalOf: async () => undefined,
  evidence: async (endpoint) => ({ identity: endpoint, intervals: [], copies: [] }),
  history: async () => [],
  historyEntry: async () => undefined,
  look: async () => ({ endpoints: [], findings: [good("cloud", "there")] }),
  inspect: async () => ({ findings: [], leftovers: [], clear: async () => [] }),
  neighbours: async () => [],
  requireArchive: async () => {},
};
export const locate: LocateDataPlane = () => dataPlane;

interface Inputs {
  readonly size: number;
}
const thing: ResourceKind<Inputs, Inputs, string> = {
  replaces: ["size"],
  nameOf: ({ size }) => String(size),
  create: async (_where, inputs) => {
    if (inputs.size > 9) throw new NotReady(inputs, ["too large"]);
    return inputs;
  },
  read: async (_where, state) => state,
  delete: async () => {},
};
const place: Place<string> = {
  here: "in the cloud",
  marks: () => ({}),
  open: () => "cloud",
  find: () => "cloud",
  idOf: ({ name }) => name,
  locate: (_type, id) => ({ name: id, properties: {} }),
};
export const plugin = () =>
  serveProvider(new ResourceProvider({ name: "cloud", version: "1.0.0", kinds: { Thing: thing }, place }));

export const program = (): object => {
  const release = readRelease();
  const platform = cloud();
  const endpoint = new ModelEndpoint(release.model.name, { release, platform });
  new ModelArchive("kept", { release, version: "v1", store });
  new MonitoringStack("watched", { release, monitor: bell });
  return { endpoint, problems: checkPlan({ release, traffic: endpoint.rollout.traffic }, platform) };
};
// @ts-expect-error A platform answers every question.
export const silent: Capabilities = { maxVariants: 2 };
`;
