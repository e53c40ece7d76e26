import type { Cluster } from "../control-plane/index.ts";
import { type ApiObject, watch } from "../control-plane/watch.ts";
import { NAMESPACE, openTestBed, type TestBed } from "../test-bed/index.ts";
import { startJudge } from "./judge.ts";

/** The version that serves everywhere before anything is tried out. */
export const BASE = "base";

/** One test bed, on which several tools deliver at the same time. */
export interface Arena extends TestBed {
  /** The address of our judge, for tools that ask it. */
  readonly judge: string;
  /** The share of a Service in a route that divides, in parts of 10,000; 0 while it has none. */
  readonly share: (route: string, service: string) => number;
  /** When a Service came to have nothing in a route, for the last time, in ms since 1970; undefined while it has some. */
  readonly zeroAt: (route: string, service: string) => number | undefined;
}

interface Route extends ApiObject {
  readonly spec?: {
    readonly rules?: readonly {
      readonly backendRefs?: readonly { readonly name: string; readonly weight?: number }[];
    }[];
  };
}

export const openArena = (): Promise<Arena> =>
  openTestBed(async (bed) => {
    const shares = bed.keep(await followShares(bed.cluster));
    return {
      judge: await startJudge(bed),
      share: (route: string, service: string) => shares.now.get(`${route}/${service}`) ?? 0,
      zeroAt: (route: string, service: string) => shares.zeros.get(`${route}/${service}`),
    };
  });

/** What every route gives to every Service, and since when it gives nothing. */
async function followShares({ api }: Cluster) {
  const now = new Map<string, number>();
  const zeros = new Map<string, number>();
  const changed = (): void => {
    for (const { metadata, spec } of routes?.objects.values() ?? []) {
      const refs = spec?.rules?.at(-1)?.backendRefs ?? [];
      const total = refs.reduce((sum, { weight = 1 }) => sum + weight, 0);
      for (const { name, weight = 1 } of refs) {
        const key = `${metadata.name}/${name}`;
        const share = total === 0 ? 0 : (weight * 10_000) / total;
        if (share > 0) zeros.delete(key);
        else if ((now.get(key) ?? 0) > 0) zeros.set(key, Date.now());
        now.set(key, share);
      }
    }
  };
  let routes: Awaited<ReturnType<typeof watch<Route>>> | undefined;
  routes = await watch<Route>(api, `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes`, changed);
  return { now, zeros, [Symbol.asyncDispose]: () => routes?.stop() ?? Promise.resolve() };
}
