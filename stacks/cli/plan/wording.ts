import type { PlanCure, PlannedRollout, PlanSettings } from "../../../components/analysis/index.ts";
import type { Duration, Percent } from "../../../components/release/index.ts";
import { renderPercent } from "../../../components/release/units.ts";

const WHOLE = 10_000;
const HOUR = 3_600;

const units: readonly (readonly [seconds: number, one: Unit, more: Unit])[] = [
  [86_400, "day", "days"],
  [3_600, "hour", "hours"],
  [60, "minute", "minutes"],
];

type Unit = Duration extends `${number} ${infer Word}` ? Word : never;

/** A length of time as the document writes it, in its largest whole unit: rounded up to seconds. */
export function renderDuration(seconds: number): Duration {
  const whole = Math.ceil(seconds);
  const [size, one, more]: (typeof units)[number] = units.find(([each]) => whole % each === 0) ?? [
    1,
    "second",
    "seconds",
  ];
  const count = whole / size;
  return `${count} ${count === 1 ? one : more}`;
}

/** A share of the traffic as the document writes it. */
export const renderShare = (weight: number): Percent => renderPercent(Math.round(weight * WHOLE));

/** A difference of rates for people: `1.5 points`. */
export const renderPoints = (excess: number): string => `${Number((excess * 100).toPrecision(2))} points`;

/** A rate for people: `0.97 %`. */
export const renderRate = (rate: number): string => `${Number((rate * 100).toPrecision(3))} %`;

/** How a plan stands in the document. */
export interface PlanDocument {
  readonly steps: readonly Percent[];
  readonly bake: Duration;
}

/** The document's part of a plan: the last step is the target, which is held back from by itself. */
export function documentOf({ steps }: PlannedRollout, { target = 1 }: PlanSettings): PlanDocument {
  const bake = Math.max(...steps.map((step) => step.bake));
  return {
    steps: [...steps.slice(0, -1).map(({ weight }) => renderShare(weight)), renderShare(target)],
    bake: renderDuration(bake),
  };
}

/** What to write or to say so that a plan becomes feasible. @param metric of the guard that is planned for */
export function renderCure({ change, to }: PlanCure, { guard }: PlanSettings, metric: string): string {
  switch (change) {
    case "margin":
      return guard.margin.kind === "absolute"
        ? `a wider margin: { metric: ${metric}, margin: "${upToHundredths(to * 100)}pp" }`
        : `a wider margin: { metric: ${metric}, margin: "${upToHundredths(to * 100)}%" }`;
    case "maxDuration":
      return `more time: maxDuration: "${renderDuration(Math.ceil(to / HOUR) * HOUR)}"`;
    case "unitsPerSecond":
      return `more traffic: ${to} a second`;
    case "holdBack":
      return `more to compare with: holdBack: "${upToHundredths(to * 100)}%"`;
    case "harmBudget":
      return `more at risk on the next step: harmBudget: "${upToHundredths(to * 100)}%"`;
    case "burst":
      return `more that may fail: --burst ${Math.ceil(to)}`;
  }
}

/** Up to the two decimals that the document takes; without what binary fractions add. */
const upToHundredths = (value: number): number => Math.ceil(Number((value * 100).toPrecision(12))) / 100;
