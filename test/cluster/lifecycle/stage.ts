import { readKept, STATE_KEY } from "../../../components/platforms/kubernetes/controller/index.ts";
import type { Kept } from "../../../components/platforms/kubernetes/controller/kept.ts";
import { stateName } from "../../../components/platforms/kubernetes/route/names.ts";
import type { Release } from "../../../components/release/index.ts";
import { type RunningRegistry, startRegistry } from "../../registry/real-registry.ts";
import type { Cluster } from "../control-plane/index.ts";
import { GATEWAY, NAMESPACE, openTestBed, SCRAPE_SECONDS, type TestBed } from "../test-bed/index.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { type ClusterProgram, openProgram } from "./program.ts";
import { type ProgramPods, startProgramPods } from "./program-pods.ts";

export const MODEL = "sentiment";
export const HOST = "sentiment.example.com";

/** Every version of a life. */
const VERSIONS = ["v1", "v2", "v3", "v4", "v5"] as const;

/** An endpoint in a cluster with everything around it that it needs to live, from its images to its callers. */
export interface Stage extends TestBed {
  readonly programs: ProgramPods;
  readonly program: ClusterProgram;
  /** What callers of the endpoint heard. */
  readonly ledger: Ledger;
  /** A document of these versions, one of which serves. */
  readonly document: (versions: readonly string[], rollout: Release["rollout"], more?: Partial<Release>) => Release;
  /** What the controller keeps; undefined before its first pass. */
  readonly kept: () => Promise<Kept | undefined>;
}

/** Starts all of it, and deploys nothing yet. */
export const openStage = (): Promise<Stage> =>
  openTestBed(async ({ cluster, prometheus, keep }) => {
    const programs = keep(await startProgramPods(cluster));
    const ledger = keep(await openLedger(cluster, NAMESPACE, MODEL));
    const registry = await startRegistry();
    keep({ [Symbol.asyncDispose]: registry.stop });
    const images = await pushImages(registry);
    const program = keep(await openProgram(cluster));
    const document: Stage["document"] = (versions, rollout, more) => ({
      ...documentOf(prometheus.url, rollout),
      versions: Object.fromEntries(versions.map((version) => [version, { source: sourceOf(images, version) }])),
      archive: { kind: "oci", repository: `${registry.host}/archive/${MODEL}` },
      ...more,
    });
    return { programs, ledger, program, document, kept: () => keptIn(cluster) };
  });

/** Fast steps: each is left after seconds, on evidence all the same. */
const documentOf = (prometheus: string, rollout: Release["rollout"]): Omit<Release, "versions"> => ({
  model: { name: MODEL, owner: "nlp-platform", riskTier: "low", notice: "1 second" },
  platform: {
    kind: "kubernetes",
    namespace: NAMESPACE,
    gateway: { kind: "envoy", ...GATEWAY },
    hosts: [HOST],
    prometheus: { url: prometheus, interval: `${SCRAPE_SECONDS} second` },
    server: { drain: "3 seconds" },
    replicas: { least: "2", most: "4" },
  },
  rollout: {
    steps: ["5%", "25%", "50%", "100%"],
    bake: "4 seconds",
    warmUp: "1 second",
    guards: [
      { metric: "errorRate", margin: "2pp" },
      { metric: "positiveRate", margin: "10pp", direction: "either", source: "feedback", matures: "1 second" },
    ],
    ...rollout,
  },
});

/** An image of a version: nobody pulls it here, but it is archived. */
interface Image {
  readonly image: string;
  readonly sha256: string;
}

async function pushImages(registry: RunningRegistry): Promise<ReadonlyMap<string, Image>> {
  const push = async (version: string) => {
    const sha256 = await registry.push(`nlp/${MODEL}`, version, version);
    return [version, { image: `${registry.host}/nlp/${MODEL}:${version}`, sha256 }] as const;
  };
  return new Map(await Promise.all(VERSIONS.map(push)));
}

function sourceOf(images: ReadonlyMap<string, Image>, version: string): Release["versions"][string]["source"] {
  const image = images.get(version);
  if (image === undefined)
    throw new RangeError(`no image of ${version} was pushed; there are ${[...images.keys()].join(", ")}`);
  return { kind: "oci", ...image };
}

async function keptIn({ api }: Cluster): Promise<Kept | undefined> {
  const { data } = await api.get<{ readonly data?: Readonly<Record<string, string>> }>(
    `/api/v1/namespaces/${NAMESPACE}/configmaps/${stateName(MODEL)}`,
  );
  const text = data?.[STATE_KEY];
  return text === undefined ? undefined : readKept(text);
}
