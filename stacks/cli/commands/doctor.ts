import {
  type Leftover,
  type StoppedLeftover,
  stopLeftovers,
} from "../../../components/platforms/local/supervisor/leftovers.ts";
import type { Command } from "../command.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkMachine, checkProject } from "../doctor/project-checks.ts";
import { checkStateFolder } from "../doctor/state-checks.ts";
import { exitCodes } from "../failure.ts";
import { findProject } from "../project.ts";
import type { Terminal } from "../terminal.ts";

/** Looks at everything that has to be right on this machine. `--fix` stops the leftovers that it named, nothing else. */
export const doctor: Command = async (terminal, { options }) => {
  const project = findProject(options);
  const looked = Promise.all([checkMachine(), checkProject(project), checkStateFolder(project)]);
  const [machine, files, { findings, leftovers }] = await terminal.during("looking around", looked);
  const all = [...machine, ...files, ...findings];
  for (const finding of all) show(terminal, finding);
  for (const leftover of leftovers) showLeftover(terminal, leftover);
  const stopped = options.fix && leftovers.length > 0 ? await stop(terminal, leftovers) : [];
  const left = leftovers.length - stopped.filter(({ outcome }) => outcome !== "changed").length;
  if (left > 0) terminal.say(`  do: mlc doctor --fix ends and removes exactly these ${left}`);
  const wrong = all.filter(({ ok }) => !ok).length + left;
  terminal.say(wrong === 0 ? terminal.paint("green", "Nothing is wrong.") : terminal.paint("red", `${wrong} found.`));
  return {
    exitCode: wrong === 0 ? exitCodes.done : exitCodes.error,
    facts: { stack: project.stack, findings: all, leftovers, stopped },
  };
};

function show({ say, paint }: Terminal, { check, ok, note, seen, cure }: Finding): void {
  const mark = ok ? (note ? paint("yellow", "!") : paint("green", "✓")) : paint("red", "✗");
  say(`${mark} ${check}: ${seen}`);
  if (cure !== undefined) say(`  do: ${cure}`);
}

function showLeftover({ say, paint }: Terminal, leftover: Leftover): void {
  say(`${paint("red", "✗")} left over: ${describe(leftover)}`);
}

function describe(leftover: Leftover): string {
  if (leftover.kind !== "process") return `${leftover.kind} ${leftover.path}`;
  return `process ${leftover.identity.pid}${leftover.name ? ` (${leftover.name})` : ""}: ${leftover.command}`;
}

async function stop(terminal: Terminal, leftovers: readonly Leftover[]): Promise<readonly StoppedLeftover[]> {
  const stopped = await terminal.during("ending what was left over", stopLeftovers(leftovers));
  for (const { leftover, outcome } of stopped) terminal.say(`  ${outcome}: ${describe(leftover)}`);
  return stopped;
}
