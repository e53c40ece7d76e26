import { abort, rollback, rollbackTo } from "../../components/lifecycle/index.ts";
import type { ChangeSteps } from "./change.ts";
import type { EmergencyOptions } from "./options.ts";
import type { Project } from "./project.ts";
import { findRollback } from "./rollback-marker.ts";

/**
 * What the configuration becomes after the traffic was set: it follows what the data plane says serves. Where none says
 * it, the mark of the last rollback keeps a second one from going further back.
 */
export function goBack(
  { dataPlane }: Project,
  { to }: EmergencyOptions,
  way: "rollback" | "abort",
  serving: string | undefined,
): ChangeSteps["move"] {
  if (way === "abort") return abort;
  if (to !== undefined) return (release) => rollbackTo(release, to);
  if (serving !== undefined) return (release) => rollback(release, { serving });
  return (release) => {
    const before = findRollback(dataPlane.place, release.rollout, new Date());
    if (before === undefined) return rollback(release);
    const reason = `Rolled back at ${before.at} already: nothing to do. To go further back, name the version: mlc rollback --to VERSION`;
    return { release, reasons: [reason] };
  };
}
