import { type ExitCode, exitCodes, usageFailure } from "../failure.ts";
import { stackOptions } from "../option-words.ts";
import type { StackOptions } from "../options.ts";
import type { StackStatus } from "../stack-status.ts";
import type { Verb } from "../verb.ts";

const REFRESH_MS = 1_000;

interface WatchOptions extends StackOptions {
  readonly until?: string;
  readonly timeout?: string;
  readonly drive?: boolean;
}

/** Keeps the status up to date until it is reached, or ctrl-C. */
export const watch: Verb<WatchOptions> = {
  usage: "watch",
  summary: "the status, kept up to date; ctrl-C ends it",
  example: "mlc watch --until complete --timeout 600",
  options: [
    ...stackOptions,
    {
      flags: "--until <state>",
      description: '"complete": end with 0 then, with 3 when the rollout is ended; "ended": when none runs any more',
      values: () => ["complete", "ended"],
    },
    { flags: "--timeout <seconds>", description: "with --until: end with 4 after this time" },
    { flags: "--drive", description: "decide as well, each second, as the controller in the cluster does" },
  ],
  async run(terminal, { options }) {
    const { setTimeout: sleep } = await import("node:timers/promises");
    const { openScreen } = await import("../screen.ts");
    const { findProject } = await import("../project.ts");
    const { factsOf, readStackStatus, renderStackStatus } = await import("../stack-status.ts");
    const until = goalOf(options.until);
    const deadline = performance.now() + secondsOf(options.timeout) * 1_000;
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    const screen = openScreen(terminal);
    const look = async () => {
      if (!options.drive) return readStackStatus(options);
      const { drive } = await import("../drive.ts");
      const findings = await drive(await findProject(options));
      const status = await readStackStatus(options);
      return { ...status, findings: [...findings, ...status.findings] };
    };
    let seen = await look();
    // The address holds the admin token: it is for a person's eyes, and never for a log.
    for (const { page } of seen.endpoints) {
      if (page === undefined) continue;
      terminal.say(
        terminal.interactive
          ? terminal.paint("dim", `live page: ${page}`)
          : `live page: ${page.replace(/#.*/, "")} (its token stands in admin.token of the state folder)`,
      );
    }
    try {
      for (;;) {
        screen.show(renderStackStatus(seen, new Date(), terminal.paint), seen);
        const exitCode = until?.(seen);
        if (exitCode !== undefined) return { exitCode, facts: factsOf(seen) };
        if (stop.signal.aborted) return { facts: factsOf(seen) };
        if (performance.now() >= deadline) return { exitCode: exitCodes.waiting, facts: factsOf(seen) };
        await sleep(REFRESH_MS, undefined, { signal: stop.signal }).catch(() => {});
        seen = await look();
      }
    } finally {
      screen.close();
    }
  },
};

/** The exit code once the goal is reached. A gateway that does not answer is waited for. */
type Goal = (seen: StackStatus) => ExitCode | undefined;

function goalOf(until: string | undefined): Goal | undefined {
  if (until === undefined) return undefined;
  if (until !== "complete" && until !== "ended")
    throw usageFailure(`--until: seen "${until}", allowed are complete and ended.`);
  return ({ endpoints }) => {
    const phases = endpoints.map(({ status }) => status?.rollout.phase);
    const ended = phases.some((phase) => phase === "aborted" || phase === "rolledBack");
    if (until === "complete") {
      if (ended) return exitCodes.aborted;
      return phases.length > 0 && phases.every((phase) => phase === "complete") ? exitCodes.done : undefined;
    }
    const over = ended || phases.every((phase) => phase === "complete" || phase === "idle");
    return phases.length > 0 && over ? exitCodes.done : undefined;
  };
}

function secondsOf(timeout: string | undefined): number {
  const seconds = timeout === undefined ? Number.POSITIVE_INFINITY : Number(timeout);
  if (seconds > 0) return seconds;
  throw usageFailure(`--timeout: seen "${timeout}", allowed is a number of seconds above 0.`);
}
