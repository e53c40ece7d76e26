import { namedKinds } from "../guards/index.ts";
import type { Capability, Shortfall } from "./capability.ts";

/** How a platform measures one metric of requests. */
export interface Measured {
  /**
   * The finest ratio to stable that its counts can tell (0.5 = 50 per cent): of a latency in coarse buckets, how much
   * wider one is than the one before. 0: as fine as the judge itself.
   */
  readonly finest: number;
  /** The only ratios that its buckets can tell, rising. @default every one from `finest` on */
  readonly margins?: readonly number[];
}

/** The metrics of requests that a platform measures, by name. A metric that is missing is not measured. */
export type MeasuredMetrics = Readonly<Record<string, Measured>>;

/** Every metric of requests that the judge knows, as finely as it asks: what counts each request by itself. */
export const allMetrics: MeasuredMetrics = Object.fromEntries(
  namedKinds().map(({ metric }) => [metric, { finest: 0 }]),
);

/** Which metrics of requests a candidate can be judged by, and how finely. */
export const guards: Capability<MeasuredMetrics> = {
  means: "Which metrics of requests are measured, and how finely. What arrives as feedback is another question.",
  refuses:
    "Guards of other metrics, also when another guard brings them along, and margins finer than is measured, or between two that are.",
  check(measured, { release }) {
    const { guards: asked, guardIndexes } = release.rollout;
    const of = (index: number) => guardIndexes[index] ?? index;
    /** Guards of the document one of whose metrics is refused already: one refusal each is enough. */
    const refused = new Set<number>();
    return asked.flatMap(({ metric, source, margin }, index): readonly Shortfall[] => {
      const at = of(index);
      if (source !== "requests" || refused.has(at)) return [];
      const path = `rollout.guards[${at}]`;
      const bringer = index > 0 && of(index - 1) === at ? asked[index - 1] : undefined;
      const along = bringer === undefined ? "" : `, which ${bringer.metric} brings along`;
      const how = measured[metric];
      if (how === undefined) {
        refused.add(at);
        const known = Object.keys(measured);
        const allowed = known.length === 0 ? "no guards of requests" : `guards of ${known.join(", ")}`;
        return [{ path, seen: `"${metric}"${along}`, allowed, cure: "remove the guard" }];
      }
      if (margin.kind !== "relative" || isTold(margin.value, how)) return [];
      refused.add(at);
      return [
        {
          path: `${path}.margin`,
          seen: `${percent(margin.value)}${along}`,
          allowed: `${ratiosOf(how)} for ${metric}, which is measured no finer`,
          cure: `write, for example: margin: ${percent(how.finest)}`,
        },
      ];
    });
  },
  describe(measured) {
    const each = Object.entries(measured).map(([metric, how]) =>
      how.finest === 0 ? metric : `${metric} (${ratiosOf(how).replaceAll('"', "")})`,
    );
    return each.length === 0 ? "none" : each.join(", ");
  },
};

const isTold = (ratio: number, { finest, margins }: Measured): boolean =>
  ratio >= finest && (margins === undefined || margins.some((each) => Math.abs(each - ratio) < 1e-9));

const ratiosOf = ({ finest, margins }: Measured): string =>
  margins === undefined ? `${percent(finest)} or more` : margins.map(percent).join(" or ");

const percent = (ratio: number): string => `"${Number((ratio * 100).toFixed(2))}%"`;
