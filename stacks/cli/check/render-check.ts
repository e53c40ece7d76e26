import { renderLines } from "../../../components/release/golden-file.ts";
import type { Consumer } from "../../../components/release/index.ts";
import type { Paint } from "../terminal.ts";
import { type AgainstStable, type CheckedVersion, failuresIn } from "./check-version.ts";

/** What was found out about a version, for a person. */
export function renderCheck(checked: CheckedVersion, consumers: readonly Consumer[], paint: Paint): string {
  const { version, rehearsal, against, unseen } = checked;
  const { readyMs, asked, accuracy } = rehearsal;
  const holds = (what: string): string => `  ${paint("green", "✓")} ${what}`;
  const started =
    readyMs === undefined ? [] : [holds(`it starts and answers, ${Math.round(readyMs)} ms after it was asked to`)];
  const answered = asked.map(({ protocol, requests, p99Ms }) =>
    holds(`${protocol}: ${requests} golden requests, 99 % of them within ${p99Ms.toFixed(1)} ms`),
  );
  const failures = failuresIn(checked);
  return [
    paint("bold", version),
    ...started,
    ...(rehearsal.failures.length > 0 ? [] : answered),
    ...(accuracy === undefined ? [] : [`  · accuracy ${accuracy.toFixed(4)}`]),
    ...(against === undefined ? [] : renderComparison(against, holds)),
    ...failures.map((failure) => `  ${paint("red", "✗")} ${failure.replaceAll("\n", "\n    ")}`),
    ...(against?.signature?.breaks.length ? [`    for ${renderCallers(against.stable, consumers)}`] : []),
    ...unseen.map((what) => `  ${paint("yellow", "!")} not looked at: ${what}`),
  ].join("\n");
}

function renderComparison(
  { stable, signature, compared, otherLabel, newLabels }: AgainstStable,
  holds: (what: string) => string,
): readonly string[] {
  const fits = signature?.breaks.length === 0 ? [holds(`it takes and gives what ${stable} does`)] : [];
  const notes = signature?.notes.map((note) => `  · it ${note}`) ?? [];
  if (compared === 0) return [...fits, ...notes];
  const others =
    otherLabel.length === 0
      ? `  · it labels all ${compared} golden requests as ${stable} does`
      : `  · ${otherLabel.length} of ${compared} golden requests get another label than from ${stable} (${renderLines(otherLabel)})`;
  const unknown = newLabels.map(
    (label) => `  · it answers ${JSON.stringify(label)}, which ${stable} gave to none of them`,
  );
  return [...fits, ...notes, others, ...unknown];
}

function renderCallers(stable: string, consumers: readonly Consumer[]): string {
  const kept = consumers.flatMap(({ name, versions }) => (versions.includes(stable) ? [name] : []));
  const names = kept.length === 1 ? "names" : "name";
  return `every caller that names no version${kept.length === 0 ? "" : `; ${kept.join(", ")} ${names} ${stable}, and ${kept.length === 1 ? "keeps" : "keep"} it`}`;
}
