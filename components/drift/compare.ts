import { holm } from "../analysis/culprit.ts";
import { type Measure, type Measurement, measure } from "./measures.ts";
import { type Column, type ColumnKind, present, type Window } from "./window.ts";

/** How much of a measure is worth a warning, and how much an alarm. Above 0, the alarm not below the warning. */
export interface Threshold {
  readonly warn: number;
  readonly alarm: number;
}

/** What is material, unless said otherwise. */
export const THRESHOLDS: Readonly<Record<Measure, Threshold>> = {
  wasserstein: { warn: 0.1, alarm: 0.25 },
  psi: { warn: 0.1, alarm: 0.25 },
  jensenShannon: { warn: 0.1, alarm: 0.2 },
  missing: { warn: 0.01, alarm: 0.05 },
  newCategories: { warn: 0.01, alarm: 0.05 },
};

/** On what terms windows are compared. */
export interface CompareSettings {
  /** Chance that windows without any drift are said to have drifted, all features together; above 0, below 1. @default 0.05 */
  readonly alpha?: number;
  /** Of some measures. @default THRESHOLDS */
  readonly thresholds?: Partial<Readonly<Record<Measure, Threshold>>>;
}

/** `none`: not material, or not significant. `warn`, `alarm`: significant, and as large as the threshold of that name. */
export type Level = "none" | "warn" | "alarm";

/** One measurement, judged. */
export interface Finding extends Measurement {
  /** p that may be read beside all others of the report (Holm). 0 to 1. */
  readonly adjustedP: number;
  readonly threshold: Threshold;
  readonly level: Level;
}

/** What is said of one feature. */
export interface FeatureDrift {
  readonly feature: string;
  readonly kind: ColumnKind;
  /** The highest of its findings. */
  readonly level: Level;
  /** Nothing significant comes near a threshold (80 % of the warning): what drifted before has come back. */
  readonly calm: boolean;
  readonly findings: readonly Finding[];
}

/** The current window against the reference. */
export interface DriftReport {
  readonly rows: { readonly reference: number; readonly current: number };
  readonly alpha: number;
  /** In the order of the reference's columns. */
  readonly features: readonly FeatureDrift[];
}

/** Below this share of a warning a feature is calm. */
export const CALM_SHARE = 0.8;

/**
 * Compares every column that both windows have. A feature has drifted when a change is material (as large as a threshold)
 * and significant (Holm's p over all measurements of all features at most alpha): a large sample makes any change
 * significant, a small one makes chance look material.
 * @throws RangeError on settings that cannot be
 */
export function compareWindows(reference: Window, current: Window, settings: CompareSettings = {}): DriftReport {
  const { alpha = 0.05 } = settings;
  const thresholds = { ...THRESHOLDS, ...settings.thresholds };
  checkSettings(alpha, thresholds);
  const shared = [...reference].flatMap(([feature, before]) => {
    const now = current.get(feature);
    return now === undefined ? [] : [{ feature, kind: before.kind, measurements: measure(before, now) }];
  });
  const adjusted = holm(shared.flatMap(({ measurements }) => measurements.map(({ p }) => p)));
  let next = 0;
  const features = shared.map(({ feature, kind, measurements }): FeatureDrift => {
    const findings = measurements.map((each): Finding => {
      const [threshold, adjustedP] = [thresholds[each.measure], adjusted[next++] ?? 1];
      return { ...each, adjustedP, threshold, level: levelOf(each.effect, adjustedP <= alpha, threshold) };
    });
    const calm = findings.every((each) => each.adjustedP > alpha || each.effect < CALM_SHARE * each.threshold.warn);
    return { feature, kind, level: highest(findings), calm, findings };
  });
  return { rows: { reference: rowsOf(reference), current: rowsOf(current) }, alpha, features };
}

function levelOf(effect: number, significant: boolean, { warn, alarm }: Threshold): Level {
  if (!significant || effect < warn) return "none";
  return effect < alarm ? "warn" : "alarm";
}

function highest(findings: readonly Finding[]): Level {
  const levels = findings.map(({ level }) => level);
  return levels.includes("alarm") ? "alarm" : levels.includes("warn") ? "warn" : "none";
}

function rowsOf(window: Window): number {
  const [first]: readonly Column[] = [...window.values()];
  return first === undefined ? 0 : present(first) + first.missing;
}

function checkSettings(alpha: number, thresholds: Readonly<Record<Measure, Threshold>>): void {
  const wrong = Object.entries(thresholds)
    .filter(([, { warn, alarm }]) => !(warn > 0 && alarm >= warn))
    .map(([name, seen]) => `thresholds.${name}: saw ${JSON.stringify(seen)}; allowed is 0 < warn ≤ alarm`);
  if (!(alpha > 0 && alpha < 1)) wrong.unshift(`alpha: saw ${alpha}; allowed is above 0, below 1`);
  if (wrong.length > 0) throw new RangeError(wrong.join("\n"));
}
