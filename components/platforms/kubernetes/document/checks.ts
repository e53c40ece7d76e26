import { type Loose, listOf, looseOf, type Report, textOf } from "../../../release/draft.ts";
import { renderSeen } from "../../../release/problems.ts";
import { type Duration, durationPattern, parseDuration } from "../../../release/units.ts";
import { checkReplicas } from "./replicas-checks.ts";

/** What Kubernetes and the library label objects with themselves. */
const OURS =
  /^(?:model-lifecycle\.dev\/|app\.kubernetes\.io\/(?:name|managed-by)$|(?:[a-z0-9.-]*\.)?kubernetes\.io\/|(?:[a-z0-9.-]*\.)?k8s\.io\/)/;

/** Reports what the fields of a part ask of each other. */
export function checkKubernetes(part: Loose, report: Report): void {
  checkReplicas(part, report);
  checkInterval(part, report);
  checkHosts(part, report);
  checkDevices(part, report);
  for (const field of ["labels", "annotations"]) checkKeys(part, field, report);
}

function checkInterval({ prometheus }: Loose, report: Report): void {
  const interval = textOf(looseOf(prometheus).interval);
  if (interval === undefined || !durationPattern.test(interval)) return;
  const ms = parseDuration(interval as Duration);
  if (ms % 1000 === 0 && ms <= 300_000) return;
  report(
    ["prometheus", "interval"],
    renderSeen(interval),
    'whole seconds, at most "5 minutes"',
    "Write how often Prometheus scrapes the Gateway: its scrape_interval.",
  );
}

function checkHosts({ hosts }: Loose, report: Report): void {
  const all = listOf(hosts);
  for (const [index, host] of all.entries()) {
    if (all.indexOf(host) === index) continue;
    report(["hosts", index], `${renderSeen(host)}, which stands there already`, "each host once", "Remove it.");
  }
  const first = textOf(all[0]);
  if (first?.startsWith("*.") !== true) return;
  report(
    ["hosts", 0],
    renderSeen(first),
    "a host that can be called in the first place of the list",
    `Put a host without "*." first, such as model${first.slice(1)}.`,
  );
}

function checkDevices({ resources }: Loose, report: Report): void {
  const own = new Set(["cpu", "memory"]);
  for (const name of Object.keys(looseOf(looseOf(resources).devices))) {
    if (own.has(name)) {
      report(["resources", "devices", name], renderSeen(name), "devices", `Write resources.${name} instead.`);
    }
  }
}

function checkKeys(part: Loose, field: string, report: Report): void {
  for (const key of Object.keys(looseOf(part[field]))) {
    if (!OURS.test(key)) continue;
    report(
      [field, key],
      renderSeen(key),
      "names that neither Kubernetes nor this library writes itself",
      "Choose another name, with the domain of your team in front.",
    );
  }
}
