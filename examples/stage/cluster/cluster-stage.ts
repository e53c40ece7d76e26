/** How the pods of a version answer. */
export interface VersionBehaviour {
  /** Share of requests that get no answer which anybody can use, 0 to 1. @default 0 */
  readonly failing?: number;
  /** Share of answers that turn out positive, 0 to 1: the business tells it of each. */
  readonly positive: number;
}

/** What customers have heard of one version. */
export interface HeardOf {
  readonly good: number;
  readonly bad: number;
}

/** What customers have heard so far. */
export interface ClusterSeen {
  readonly sent: number;
  /** Without any answer, or answered by nobody's version. */
  readonly lost: number;
  readonly byVersion: Readonly<Record<string, HeardOf>>;
}

/** Customers, who ask by no version's name, until they are stopped. */
export interface ClusterCustomers {
  seen(): ClusterSeen;
  stop(): Promise<void>;
}

/** How a route divides from a moment on. */
export interface Division {
  /** By the clock of the stage. */
  readonly at: number;
  /** Parts of 10,000 by version. */
  readonly weights: Readonly<Record<string, number>>;
}

/** A cluster that a demo is played on, with everything in it that an endpoint needs to live. */
export interface ClusterStage {
  /** What it is, in a line that begins with "real" or "simulated". */
  readonly what: string;
  readonly isSimulated: boolean;
  /** What the engine and the command line have to know of it. */
  readonly env: NodeJS.ProcessEnv;
  /** What of a release's `platform` is its own. */
  readonly platform: Readonly<Record<string, unknown>>;
  /** Metrics that nothing can be said of here. */
  readonly unjudged: readonly string[];
  /** Changes how the pods of a version answer, those that run and those that will. */
  behave(version: string, behaviour: VersionBehaviour): void;
  letCustomersIn(perSecond: number): ClusterCustomers;
  /** Seconds since it was opened, by its own clock. */
  clock(): number;
  /** Every division that the route has had. */
  divisions(): readonly Division[];
  /** Headers of an answer of a version that is asked for by name; undefined: it does not answer. */
  answerOf(version: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Names of the objects that the API server lists at a path. */
  list(path: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Where a model and everything of it is. */
export const NAMESPACE = "models";
/** Where the Gateway is. */
export const GATEWAYS = "gateways";

const KINDS = [
  ["apis/apps/v1", "deployments"],
  ["api/v1", "services"],
  ["api/v1", "configmaps"],
  ["apis/gateway.networking.k8s.io/v1", "httproutes"],
  ["apis/autoscaling/v2", "horizontalpodautoscalers"],
  ["apis/policy/v1", "poddisruptionbudgets"],
  ["apis/rbac.authorization.k8s.io/v1", "roles"],
  ["apis/rbac.authorization.k8s.io/v1", "rolebindings"],
  ["apis/monitoring.coreos.com/v1", "prometheusrules"],
  ["apis/monitoring.coreos.com/v1", "podmonitors"],
] as const;

/** What every namespace has by itself. */
const OWN = ["kube-root-ca.crt"];

/** Objects of a model that are still there; empty when nothing is. The server is asked, not what should have gone. */
export async function findLeftObjects({ list }: Pick<ClusterStage, "list">): Promise<readonly string[]> {
  const found = await Promise.all(
    KINDS.map(async ([api, kind]) =>
      (await list(`/${api}/namespaces/${NAMESPACE}/${kind}`))
        .filter((name) => !OWN.includes(name))
        .map((name) => `${kind} ${name}`),
    ),
  );
  return found.flat();
}
