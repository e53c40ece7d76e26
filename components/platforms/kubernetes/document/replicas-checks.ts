import { type Loose, looseOf, type Report, textOf } from "../../../release/draft.ts";
import { placeholdersIn } from "../../../release/placeholders.ts";
import { renderSeen } from "../../../release/problems.ts";
import { queryNames } from "./query.ts";
import { defaults } from "./resolve.ts";

/** Reports what the numbers of pods, and who changes them, ask of each other. */
export function checkReplicas({ replicas, prometheus }: Loose, report: Report): void {
  const { least = defaults.least, most, cpu, candidate, keda } = looseOf(replicas);
  if (most !== undefined && Number(most) < Number(least)) {
    const given = looseOf(replicas).least === undefined ? ", which is the default," : "";
    report(
      ["replicas", "most"],
      renderSeen(most),
      `at least ${renderSeen(least)}${given} of replicas.least`,
      "Write a larger most, or a smaller least.",
    );
  }
  const isFixed = most === undefined || Number(most) === Number(least);
  for (const [field, value] of Object.entries({ cpu, candidate, keda })) {
    if (value === undefined || !isFixed) continue;
    report(
      ["replicas", field],
      field === "keda" ? "a part" : renderSeen(value),
      "nothing where the number of pods does not change",
      `Add a most above the least, or remove ${field}.`,
    );
  }
  if (keda !== undefined) checkKeda(looseOf(keda), prometheus !== undefined, report);
  if (candidate === undefined || isFixed) return;
  if (Number(candidate) >= Number(least) && Number(candidate) <= Number(most)) return;
  report(
    ["replicas", "candidate"],
    renderSeen(candidate),
    `${renderSeen(least)} to ${renderSeen(most)}, the least and the most`,
    "Write a number between the two, or remove candidate.",
  );
}

/** A query is of a Prometheus, knows its names, and a pod carries a part of it. */
function checkKeda({ query, perPod }: Loose, isCounted: boolean, report: Report): void {
  const at = (field: string): readonly string[] => ["replicas", "keda", field];
  if ((query === undefined) !== (perPod === undefined)) {
    const [there, missing] = query === undefined ? ["perPod", "query"] : ["query", "perPod"];
    report(at(missing), `nothing, and ${there}`, "both or neither", `Add ${missing}, or remove ${there}.`);
  }
  const text = textOf(query);
  if (text === undefined) return;
  if (!isCounted) {
    report(
      at("query"),
      renderSeen(text),
      "a query where platform.prometheus says whom to ask",
      "Add platform.prometheus, or remove query and perPod.",
    );
  }
  for (const name of placeholdersIn(text).filter((each) => !queryNames.some((known) => known === each))) {
    report(
      at("query"),
      `{${name}}`,
      queryNames.map((each) => `{${each}}`).join(", "),
      "Write one of these, or what it stands for.",
    );
  }
}
