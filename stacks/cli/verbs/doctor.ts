import type { Finding, Inspection, Leftover } from "../../../components/platforms/data-plane.ts";
import { exitCodes } from "../failure.ts";
import { stackOptions } from "../option-words.ts";
import type { StackOptions } from "../options.ts";
import type { Terminal } from "../terminal.ts";
import type { Verb } from "../verb.ts";

interface DoctorOptions extends StackOptions {
  readonly fix?: boolean;
}

/** Looks at everything that has to be right on this machine. `--fix` stops the leftovers that it named, nothing else. */
export const doctor: Verb<DoctorOptions> = {
  usage: "doctor",
  summary: "look for what is wrong on this machine, and say what to do",
  example: "mlc doctor --fix",
  options: [...stackOptions, { flags: "--fix", description: "stop the processes that were left over, and only those" }],
  async run(terminal, { options }) {
    const { checkMachine, checkProject } = await import("../project-checks.ts");
    const { findProject } = await import("../project.ts");
    const project = await findProject(options);
    const looked = Promise.all([checkMachine(), checkProject(project), project.dataPlane.inspect()]);
    const [machine, files, inspection] = await terminal.during("looking around", looked);
    const { findings, leftovers } = inspection;
    const all = [...machine, ...files, ...findings];
    for (const finding of all) show(terminal, finding);
    for (const leftover of leftovers) showLeftover(terminal, leftover);
    const stopped = options.fix && leftovers.length > 0 ? await stop(terminal, inspection) : [];
    const left = leftovers.length - stopped.filter(({ outcome }) => outcome !== "changed").length;
    if (left > 0) terminal.say(`  do: mlc doctor --fix ends and removes exactly these ${left}`);
    const wrong = all.filter(({ ok }) => !ok).length + left;
    terminal.say(wrong === 0 ? terminal.paint("green", "Nothing is wrong.") : terminal.paint("red", `${wrong} found.`));
    return {
      exitCode: wrong === 0 ? exitCodes.done : exitCodes.error,
      facts: { stack: project.stack, findings: all, leftovers, stopped },
    };
  },
};

function show({ say, paint }: Terminal, { check, ok, note, seen, cure }: Finding): void {
  const mark = ok ? (note ? paint("yellow", "!") : paint("green", "✓")) : paint("red", "✗");
  say(`${mark} ${check}: ${seen}`);
  if (cure !== undefined) say(`  do: ${cure}`);
}

function showLeftover({ say, paint }: Terminal, leftover: Leftover): void {
  say(`${paint("red", "✗")} left over: ${leftover.what}`);
}

async function stop(terminal: Terminal, { clear }: Inspection): ReturnType<Inspection["clear"]> {
  const stopped = await terminal.during("ending what was left over", clear());
  for (const { leftover, outcome } of stopped) terminal.say(`  ${outcome}: ${leftover.what}`);
  return stopped;
}
