import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "../command.ts";
import { type ExitCode, exitCodes, usageFailure } from "../failure.ts";
import { readStackStatus, renderStackStatus, type StackStatus } from "../stack-status.ts";
import type { Terminal } from "../terminal.ts";
import { factsOf } from "./status.ts";

const REFRESH_MS = 1_000;

export const watch: Command = async (terminal, { options }) => {
  const until = goalOf(options.until);
  const deadline = performance.now() + secondsOf(options.timeout) * 1_000;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const screen = openScreen(terminal);
  let seen = await readStackStatus(options);
  // The address holds the admin token: it is for a person's eyes, and never for a log.
  for (const { page } of seen.endpoints) {
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
      seen = await readStackStatus(options);
    }
  } finally {
    screen.close();
  }
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

interface Screen {
  show(text: string, seen: StackStatus): void;
  close(): void;
}

const openScreen = (terminal: Terminal): Screen =>
  terminal.interactive ? openLiveScreen(terminal) : openLog(terminal);

/** Draws over what it drew before, line by line, so that nothing flickers and what was above stays. */
function openLiveScreen({ out }: Terminal): Screen {
  let height = 0;
  out.write("\x1b[?25l");
  return {
    show(text) {
      // A terminal that does not know its size says 0.
      const lines = text.split("\n").slice(0, Math.max(1, (out.rows || 40) - 1));
      const width = out.columns || 120;
      const body = lines.map((line) => `${clip(line, width)}\x1b[K\n`).join("");
      out.write(`${height > 0 ? `\x1b[${height}A` : ""}${body}\x1b[J`);
      height = lines.length;
    },
    close: () => void out.write("\x1b[?25h"),
  };
}

const ESCAPE = "\x1b";
const COLOUR_OR_CHARACTER = new RegExp(`${ESCAPE}\\[[0-9;]*m|[^${ESCAPE}]`, "gu");

/** Cuts a line at the width of the screen without counting colours: a wrapped line would shift all that follow. */
function clip(line: string, width: number): string {
  let shown = 0;
  return line.replace(COLOUR_OR_CHARACTER, (piece) => {
    if (piece.startsWith(ESCAPE)) return piece;
    shown += 1;
    return shown < width ? piece : "";
  });
}

/** Without a screen: the state once, then each event as it comes. */
function openLog({ say }: Terminal): Screen {
  let last = "";
  let first = true;
  return {
    show(text, { endpoints }) {
      const events = endpoints.flatMap(({ status }) => status?.events ?? []);
      if (first) say(text);
      else
        for (const { at, kind, text: what } of events.filter((event) => event.at > last)) say(`${at} ${kind} ${what}`);
      first = false;
      last = events.at(-1)?.at ?? last;
    },
    close: () => {},
  };
}
