import type { Cluster } from "../control-plane/index.ts";
import { type ApiObject, watch } from "../control-plane/watch.ts";
import type { Heard } from "../traffic/clients.ts";

/** How a route divides, in parts of 10,000, from a moment on. */
export interface Division {
  /** In ms since 1970. */
  readonly at: number;
  readonly weights: Readonly<Record<string, number>>;
}

/** What happened to the pods of one version since it was begun to look. */
export interface Capacity {
  /** Ready pods at the beginning, and the fewest since. */
  readonly before: number;
  readonly least: number;
  /** Pods of the beginning that are gone, and containers that were started again. */
  readonly restarted: number;
}

/** What callers heard, how the route divided, and which pods were ready: all of it from outside of the product. */
export interface Ledger extends AsyncDisposable {
  readonly hear: (heard: Heard) => void;
  readonly heard: readonly Heard[];
  readonly divisions: readonly Division[];
  /** How the route divides now. */
  readonly weightOf: (version: string) => number;
  /** Begins to look after the pods of a version; asked later, it says what became of them. */
  readonly lookAfter: (version: string) => () => Capacity;
}

interface Route extends ApiObject {
  readonly spec?: {
    readonly rules?: readonly {
      readonly backendRefs?: readonly {
        readonly weight?: number;
        readonly filters?: readonly {
          readonly responseHeaderModifier?: {
            readonly set?: readonly { readonly name: string; readonly value: string }[];
          };
        }[];
      }[];
    }[];
  };
}

interface Pod extends ApiObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

const VERSION = "model-lifecycle.dev/version";

/** @param name the route's, in this namespace */
export async function openLedger({ api }: Cluster, namespace: string, name: string): Promise<Ledger> {
  const heard: Heard[] = [];
  const divisions: Division[] = [];
  const lookouts = new Set<() => void>();
  const onRoute = (): void => {
    const weights = weightsOf(routes?.objects.get(`${namespace}/${name}`));
    if (weights === undefined || same(weights, divisions.at(-1)?.weights)) return;
    divisions.push({ at: Date.now(), weights });
  };
  const onPods = (): void => {
    for (const look of lookouts) look();
  };
  let routes: Awaited<ReturnType<typeof watch<Route>>> | undefined;
  routes = await watch<Route>(api, `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`, onRoute);
  const pods = await watch<Pod>(api, `/api/v1/namespaces/${namespace}/pods`, onPods);
  const podsOf = (version: string) =>
    [...pods.objects.values()].filter(({ metadata }) => metadata.labels?.[VERSION] === version);
  return {
    heard,
    divisions,
    hear: (each) => void heard.push(each),
    weightOf: (version) => divisions.at(-1)?.weights[version] ?? 0,
    lookAfter: (version) => {
      const first = podsOf(version);
      const before = first.filter(isReady).length;
      let least = before;
      const look = (): void => {
        least = Math.min(least, podsOf(version).filter(isReady).length);
      };
      lookouts.add(look);
      return () => {
        lookouts.delete(look);
        const now = podsOf(version);
        const gone = first.filter(({ metadata }) => now.every((each) => each.metadata.uid !== metadata.uid)).length;
        return { before, least, restarted: gone + now.reduce((sum, each) => sum + restartsOf(each), 0) };
      };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([routes?.stop(), pods.stop()]);
    },
  };
}

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;

const restartsOf = ({ status }: Pod): number =>
  (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);

const same = (a: object, b: object | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Of the rule that divides, by the version that each backend's answers are named after. */
function weightsOf(route: Route | undefined): Division["weights"] | undefined {
  const refs = route?.spec?.rules?.at(-1)?.backendRefs;
  if (refs === undefined) return undefined;
  const total = refs.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return Object.fromEntries(
    refs.map(({ weight = 1, filters = [] }) => {
      const set = filters.flatMap(({ responseHeaderModifier }) => responseHeaderModifier?.set ?? []);
      const version = set.find(({ name }) => name === "x-model-version")?.value ?? "";
      return [version, total === 0 ? 0 : (weight * 10_000) / total] as const;
    }),
  );
}
