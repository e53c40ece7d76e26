import { delimiter, resolve } from "node:path";
import type { MoveResult } from "../../components/lifecycle/index.ts";
import { checkRelease, type Release } from "../../components/release/index.ts";
import { paintDiff, renderDiff } from "./configuration-diff.ts";
import { type Converged, converge, upCommand } from "./converge.ts";
import { problemsFailure, usageFailure } from "./failure.ts";
import type { ChangeOptions } from "./options.ts";
import { findProject, type Project } from "./project.ts";
import { isMapping } from "./render-yaml.ts";
import { forgetRollback } from "./rollback-marker.ts";
import { readStackFile, renderStackFile, type StackFile, writeStackFile } from "./stack-file.ts";
import type { Terminal } from "./terminal.ts";
import type { Outcome } from "./verb.ts";

/** A stack's configuration before and after a move; nothing is written yet. */
export interface Change {
  readonly project: Project;
  readonly file: StackFile;
  /** As it is after the move. */
  readonly release: Release;
  /** The file's text with it. */
  readonly text: string;
  /** What the move says of itself, a sentence each. */
  readonly reasons: readonly string[];
  /** Empty when the move changes nothing. */
  readonly diff: string;
}

/** What makes one change another than the next. */
export interface ChangeSteps {
  readonly move: (release: Release) => MoveResult;
  /** Asks the data plane whether the change makes sense now; throws when not. */
  readonly check?: (change: Change) => Promise<void> | void;
}

/**
 * The way of every lifecycle command but the emergency ones: show, ask, write, converge.
 * @throws HostError when the folder is a newer version's or another machine's, before anything is written.
 */
export async function changeRelease(terminal: Terminal, options: ChangeOptions, steps: ChangeSteps): Promise<Outcome> {
  const project = await findProject(options);
  await project.dataPlane.exists();
  const change = planChange(project, steps.move);
  await steps.check?.(change);
  showChange(terminal, change);
  if (change.diff === "") return { facts: { ...factsOf(change), converged: null } };
  const then = options.up === false ? "Write this?" : `Write this and run up on ${project.stack}?`;
  if (!(await agreed(terminal, options, then))) {
    terminal.say("Nothing was written.");
    return { facts: { ...factsOf(change), changed: false, converged: null } };
  }
  writeStackFile(change.file, change.text);
  forgetRollback(project.dataPlane.place);
  terminal.stand({ done: "The configuration is written.", left: `What is left: ${upCommand(project)}` });
  return { facts: { ...factsOf(change), ...(await convergeUnless(terminal, options, project)) } };
}

/** @throws Failure (2) with every problem that keeps the move from being made. */
export function planChange(project: Project, move: ChangeSteps["move"]): Change {
  const file = readStackFile(project);
  // Abort and rollback are made on whatever has a rollout; every other move checks what it is given.
  if (!hasRollout(file.release)) throw problemsFailure(checkRelease(file.release));
  const moved = move(file.release);
  if ("problems" in moved) throw problemsFailure(moved.problems);
  const text = renderStackFile(file, moved.release);
  const diff = renderDiff(file.path, file.text, text);
  return { project, file, release: moved.release, text, reasons: moved.reasons, diff };
}

const hasRollout = (release: unknown): release is Release => isMapping(release) && isMapping(release.rollout);

/** Shows the difference, and why it is one. */
export function showChange(terminal: Terminal, { diff, reasons, file }: Change): void {
  if (diff === "") terminal.say(`Nothing to change in ${file.path}.`);
  else showDiff(terminal, diff);
  for (const reason of reasons) terminal.say(`${terminal.paint("dim", "·")} ${reason}`);
}

/** Shows a difference in colour. */
export const showDiff = (terminal: Terminal, diff: string): void => terminal.say(paintDiff(diff, terminal.paint));

/** What `--json` prints of a change. */
export const factsOf = ({ project, file, diff, reasons }: Change): Readonly<Record<string, unknown>> => ({
  stack: project.stack,
  file: file.path,
  changed: diff !== "",
  diff,
  reasons,
});

/** What the engine did; or, after `--no-up`, the command that is left to do. */
export interface Convergence {
  readonly converged: Converged | null;
  readonly next?: string;
}

/**
 * Lets the engine make the stack what the configuration says, unless `--no-up` leaves that to somebody else.
 * @throws Failure when the engine does not end well; the configuration stays written.
 */
export async function convergeUnless(
  terminal: Terminal,
  options: ChangeOptions,
  project: Project,
): Promise<Convergence> {
  if (options.up !== false) return { converged: await converge(terminal, project, policyPacksOf(options)) };
  const next = upCommand(project);
  terminal.say(`Next: ${next}`);
  return { converged: null, next };
}

/** Packs of `--policy-pack` and of $MLC_POLICY_PACK, which is a list like $PATH. */
export function policyPacksOf(
  { policyPack = [] }: ChangeOptions,
  env: NodeJS.ProcessEnv = process.env,
): readonly string[] {
  return [...policyPack, ...(env.MLC_POLICY_PACK ?? "").split(delimiter).filter(Boolean)].map((pack) => resolve(pack));
}

/** @throws Failure (2) when nobody is there to ask and nobody said yes beforehand */
export async function agreed(terminal: Terminal, options: ChangeOptions, question: string): Promise<boolean> {
  if (options.yes) return true;
  if (terminal.interactive) return terminal.confirm(question);
  throw usageFailure("Nobody is there to ask: this is no terminal. Add --yes to make this change without a question.");
}
