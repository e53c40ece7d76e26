import { parseArgs } from "node:util";

/** Where the demo can be played. */
export const places = ["local", "kubernetes", "simulated-kubernetes"] as const;

/** What was asked of the demo. */
export interface DemoOptions {
  /** kubernetes: a real control plane where one can be had, else the simulation. @default "local" */
  readonly on: (typeof places)[number];
  /** Everything that happened goes into this file, and a summary to the last line. */
  readonly report?: string;
  /** Leaves it running. @default false */
  readonly keep: boolean;
  /** Draws which model comes under which name. */
  readonly seed?: number;
}

/** What cannot be used of a command line, in one line. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

const ALLOWED = `allowed: --on ${places.join("|")}, --report FILE, --keep, --seed NUMBER`;

/** @throws OptionsError */
export function readOptions(args: readonly string[]): DemoOptions {
  const { on: place = "local", report, keep, seed: text } = valuesIn(args);
  const on = places.find((each) => each === place);
  if (on === undefined) throw new OptionsError(`--on: seen "${place}"; allowed: ${places.join(", ")}`);
  const seed = text === undefined ? undefined : Number(text);
  if (seed !== undefined && (text?.trim() === "" || !Number.isInteger(seed))) {
    throw new OptionsError(`--seed: seen "${text}"; allowed: a whole number; do this: mlc demo --seed 3`);
  }
  if (keep && on !== "local")
    throw new OptionsError(`--keep: allowed with --on local; a cluster of the demo ends with it`);
  return { on, keep, ...(report !== undefined && { report }), ...(seed !== undefined && { seed }) };
}

function valuesIn(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        on: { type: "string" },
        report: { type: "string" },
        keep: { type: "boolean", default: false },
        seed: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(`${error instanceof Error ? error.message : error}; ${ALLOWED}`);
  }
}

/** The options of this process; ends it where they cannot be used. */
export function optionsOrEnd(): DemoOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    console.error(error.message);
    return process.exit(2);
  }
}
