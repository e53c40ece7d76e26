import fc from "fast-check";
import type { Capabilities } from "../../components/capabilities/index.ts";
import { guardKinds, namedKinds } from "../../components/guards/index.ts";
import type { Delivery } from "../../components/release/resolved.ts";

// For each row of the table of capabilities: what a release may ask of it, and what of that is refused, told without the
// table's own checks. A row more in the table does not compile before it stands here as well.

/** A guard of a document. */
interface WishedGuard {
  readonly metric: string;
  /** Per cent of stable (`20%`), or points (`1pp`). */
  readonly margin: { readonly unit: "%" | "pp"; readonly value: number };
}

/** What a release asks of a platform. */
export interface Wish {
  /** What its versions are; undefined: what the platform takes. */
  readonly delivers: Delivery | undefined;
  readonly golden: boolean;
  /** The kind of archive; undefined: none. */
  readonly archive: "local" | "oci" | undefined;
  /** The first version is answered by a program of its own. */
  readonly serve: boolean;
  readonly versions: number;
  /** Basis points; undefined for copies only. */
  readonly weight: number | undefined;
  /** Basis points, rising. */
  readonly steps: readonly number[];
  readonly shadowFirst: boolean;
  readonly sticky: boolean;
  readonly advance: "automatic" | "manual";
  /** Basis points. */
  readonly holdBack: number;
  /** Of requests. In the document they stand behind those of the business. */
  readonly guards: readonly WishedGuard[];
  /** Metrics of the business. */
  readonly business: readonly string[];
}

/** A wish that any platform can grant. */
export const modest: Wish = {
  delivers: undefined,
  golden: false,
  archive: undefined,
  serve: false,
  versions: 2,
  weight: 10_000,
  steps: [10_000],
  shadowFirst: false,
  sticky: false,
  advance: "manual",
  holdBack: 0,
  guards: [],
  business: [],
};

interface Row<Value> {
  /** What a release may ask. */
  readonly wishes: fc.Arbitrary<Partial<Wish>>;
  /** The paths that a platform of this answer refuses. */
  readonly refused: (value: Value, wish: Wish) => readonly string[];
}

const asksNothing: Row<unknown> = { wishes: fc.constant({}), refused: () => [] };

/** Whether a platform can give a version this share. */
export function canGive(weights: Capabilities["weights"], weight: number): boolean {
  if (weights.kind === "exact") return true;
  if (weights.kind === "slots") return weight % weights.slot === 0;
  // Some number of copies is this share, to the last basis point.
  const copies = (weight * weights.replicas) / 10_000;
  return Math.abs(copies - Math.round(copies)) <= (weights.replicas * 0.5) / 10_000;
}

const kindNamed = (metric: string) => guardKinds.find((kind) => kind.metric === metric);

/** For each guard of the document the metrics it watches: its own, and those that it brings along and nobody before. */
function watched({ guards }: Wish): readonly (readonly string[])[] {
  const known = new Set(guards.map(({ metric }) => metric));
  const broughtBy = (metric: string): readonly string[] => {
    const kind = kindNamed(metric);
    const margin = { kind: "absolute", value: 0.01 } as const;
    const brought =
      kind?.brings?.({ metric, source: "requests", direction: "increase", margin, designEffect: 1 }) ?? [];
    return brought.flatMap((other) => {
      if (known.has(other.metric)) return [];
      known.add(other.metric);
      return [other.metric, ...broughtBy(other.metric)];
    });
  };
  return guards.map(({ metric }) => [metric, ...broughtBy(metric)]);
}

const wishedGuards: fc.Arbitrary<readonly WishedGuard[]> = fc.shuffledSubarray([...namedKinds()]).chain((kinds) =>
  fc.tuple(
    ...kinds.map(({ metric, margins }) =>
      fc.record({
        metric: fc.constant(metric),
        margin: fc.record({
          unit: fc.constantFrom(...margins.map((kind) => (kind === "relative" ? ("%" as const) : ("pp" as const)))),
          value: fc.integer({ min: 1, max: 99 }),
        }),
      }),
    ),
  ),
);

/** Each row's wishes and what is refused of them. */
export const planRows: { readonly [Key in keyof Capabilities]: Row<Capabilities[Key]> } = {
  sources: {
    wishes: fc.record({ delivers: fc.constantFrom("files", "image", "claim", undefined) }),
    refused: (taken, { delivers, versions }) =>
      delivers === undefined || taken.includes(delivers)
        ? []
        : Array.from({ length: versions }, (_, index) => `versions.v${index + 1}.source.kind`),
  },
  runtimes: {
    wishes: fc.record({ serve: fc.boolean() }),
    refused: (taken, wish) => (wish.serve && !taken.includes("command") ? ["versions.v1.serve"] : []),
  },
  golden: {
    wishes: fc.record({ golden: fc.boolean() }),
    refused: (can, wish) => (wish.golden && !can ? ["versions.v1.checks.golden"] : []),
  },
  maxVariants: {
    wishes: fc.record({ versions: fc.integer({ min: 2, max: 20 }) }),
    refused: (most, { versions }) => (versions > most ? ["versions"] : []),
  },
  shadow: {
    wishes: fc.record({ shadowFirst: fc.boolean() }),
    refused: (can, { shadowFirst, weight }) => [
      ...(!can && shadowFirst ? ["rollout.steps[0]"] : []),
      ...(!can && weight === undefined ? ["rollout.weight"] : []),
    ],
  },
  sticky: {
    wishes: fc.record({ sticky: fc.boolean() }),
    refused: (can, { sticky }) => (!can && sticky ? ["rollout.sticky"] : []),
  },
  weights: {
    wishes: fc.record({
      weight: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
      steps: fc
        .uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 5 })
        .map((steps) => steps.toSorted((a, b) => a - b)),
      holdBack: fc.integer({ min: 0, max: 5_000 }),
    }),
    refused: (weights, { weight = 0, steps, shadowFirst, holdBack, guards, business }) => [
      ...(canGive(weights, weight) ? [] : ["rollout.weight"]),
      // Only what is judged, and asks for more than is left, is held back from.
      ...(guards.length + business.length > 0 && weight > 10_000 - holdBack && !canGive(weights, holdBack)
        ? ["rollout.holdBack"]
        : []),
      ...steps.flatMap((step, index) =>
        canGive(weights, step) ? [] : [`rollout.steps[${index + Number(shadowFirst)}]`],
      ),
    ],
  },
  climbs: {
    wishes: fc.record({ advance: fc.constantFrom("automatic", "manual") }),
    refused: (who, { advance }) => (who === "nobody" && advance === "automatic" ? ["rollout.advance"] : []),
  },
  guards: {
    wishes: fc.record({ guards: wishedGuards }),
    refused: (measured, wish) =>
      wish.guards.flatMap((guard, index) => {
        const path = `rollout.guards[${wish.business.length + index}]`;
        if (watched(wish)[index]?.some((metric) => measured[metric] === undefined)) return [path];
        const { unit, value } = guard.margin;
        const { finest = 0, margins } = measured[guard.metric] ?? {};
        const isTold = value >= finest * 100 && margins?.some((margin) => Math.round(margin * 100) === value) !== false;
        return unit === "%" && !isTold ? [`${path}.margin`] : [];
      }),
  },
  feedback: {
    wishes: fc.record({ business: fc.subarray(["conversion", "clicks"]) }),
    refused: (can, { business }) => (can ? [] : business.map((_, index) => `rollout.guards[${index}]`)),
  },
  pinning: asksNothing,
  notices: asksNothing,
  gone: asksNothing,
  archives: {
    wishes: fc.record({ archive: fc.constantFrom("local", "oci", undefined) }),
    refused: (kept, { archive }) =>
      archive === undefined || kept.includes(archive === "oci" ? "image" : "files") ? [] : ["archive.kind"],
  },
  abortSeconds: asksNothing,
  series: asksNothing,
};

/** Everything that a release may ask. */
export const wishes: fc.Arbitrary<Wish> = fc
  .tuple(...Object.values(planRows).map((row) => row.wishes))
  .map((parts) => Object.assign({}, modest, ...parts) as Wish);

/** The paths of a wish that a platform of these capabilities refuses. */
export const refusedPaths = (capabilities: Capabilities, wish: Wish): readonly string[] =>
  (Object.keys(planRows) as (keyof Capabilities)[]).flatMap((key) => refusedOf(key, capabilities, wish));

const refusedOf = <Key extends keyof Capabilities>(key: Key, capabilities: Capabilities, wish: Wish) =>
  planRows[key].refused(capabilities[key], wish);
