import { closest } from "./closest.ts";
import { type Draft, lastingVersions, listOf, looseOf, phaseOf, type Report, reportUnknown, textOf } from "./draft.ts";
import { renderList } from "./problems.ts";

/** Whether what is on its way out is there, and leads to a version that stays. */
export function checkRetirement(draft: Draft, report: Report): void {
  const lasting = lastingVersions(draft);
  for (const [version, value] of Object.entries(draft.retirement)) {
    const entry = looseOf(value);
    const phase = textOf(entry.phase);
    // A retired version may have left versions: its notice still answers callers with 410 and the successor.
    if (lasting.length > 0 && !(version in draft.versions) && (phase === "deprecated" || phase === "archived")) {
      const meant = closest(version, Object.keys(draft.versions));
      report(
        ["retirement", version],
        `${JSON.stringify(version)}, which is not in versions`,
        `a ${phase} version still answers, so it stands in versions: ${renderList(Object.keys(draft.versions))}`,
        meant ? `Did you mean ${meant}?` : `Add ${version} to versions, or remove it here.`,
      );
    }
    const successor = textOf(entry.successor);
    if (successor === undefined) continue;
    const path = ["retirement", version, "successor"];
    if (successor === version) {
      report(
        path,
        `${JSON.stringify(successor)}, the version itself`,
        `a version that stays: ${renderList(lasting)}`,
        "Name the version to use instead.",
      );
    } else if (!(successor in draft.versions)) {
      reportUnknown(draft, report, path, successor, lasting);
    } else if (successor in draft.retirement) {
      report(
        path,
        `${JSON.stringify(successor)}, which is ${phaseOf(draft, successor) ?? "in retirement"} itself`,
        `a version that stays: ${renderList(lasting)}`,
        "Name the version that callers end up with.",
      );
    }
  }
}

/** Whether consumers call versions that are deployed, each named once. */
export function checkConsumers(draft: Draft, report: Report): void {
  const consumers = draft.consumers.map(looseOf);
  const names = consumers.map((consumer) => textOf(consumer.name));
  for (const [index, consumer] of consumers.entries()) {
    const name = names[index];
    if (name !== undefined && names.indexOf(name) < index) {
      report(
        ["consumers", index, "name"],
        `${JSON.stringify(name)} a second time`,
        "each consumer once",
        "Put its versions into one entry.",
      );
    }
    const versions = listOf(consumer.versions);
    for (const [position, version] of versions.entries()) {
      if (typeof version !== "string") continue;
      const path = ["consumers", index, "versions", position];
      if (versions.indexOf(version) < position) {
        report(path, `${JSON.stringify(version)} a second time`, "each version once", "Remove one of the two.");
      } else if (phaseOf(draft, version) === "retired") {
        report(
          path,
          `${JSON.stringify(version)}, which is retired`,
          "versions that are still deployed",
          `Move ${name ?? "the consumer"} to another version, or take it back: mlc reinstate ${version}`,
        );
      } else if (!(version in draft.versions)) {
        reportUnknown(draft, report, path, version, Object.keys(draft.versions));
      }
    }
  }
}
