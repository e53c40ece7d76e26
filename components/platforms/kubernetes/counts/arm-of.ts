import type { Counter, Labels } from "../../../metric-sources/prometheus/index.ts";
import type { CountQuestion } from "./question.ts";

/** Whose a series is; undefined where the label says neither. */
export function armOf(
  labels: Labels,
  { gateway, namespace, stable, candidate }: CountQuestion,
): Counter["arm"] | undefined {
  const value = labels[gateway.service] ?? "";
  const isOf = ({ port }: CountQuestion["stable"]) =>
    new RegExp(`^(?:${gateway.valueOf(namespace, port)})$`).test(value);
  if (isOf(candidate)) return "candidate";
  return isOf(stable) ? "stable" : undefined;
}
