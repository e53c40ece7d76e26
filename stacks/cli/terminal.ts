import { createInterface } from "node:readline";
import { styleText } from "node:util";

/** The colours and weights that are used, each for one meaning. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
/** Puts a text into a style, where the terminal has any. */
export type Paint = (style: Style, text: string) => string;

/** No colours: for files, pipes and tests. */
export const plain: Paint = (_style, text) => text;

/** How far a command has come, as one or two sentences each. */
export interface Standing {
  readonly done: string;
  readonly left?: string;
}

/** How far it has come, in one line. */
export const renderStanding = ({ done, left }: Standing): string => [done, ...(left ? [left] : [])].join(" ");

/** Where a command speaks to its user. With `--json`, stdout belongs to the one JSON object and all else goes to stderr. */
export interface Terminal {
  readonly json: boolean;
  /** A person sits at both ends: questions can be asked and lines rewritten. */
  readonly interactive: boolean;
  readonly out: NodeJS.WriteStream;
  readonly paint: Paint;
  say(text: string): void;
  warn(text: string): void;
  /** Asks for yes or no; no is the default. */
  confirm(question: string): Promise<boolean>;
  /** Says what is done by now and what is left to do: what an interruption, or a fault of the surroundings, tells its user. */
  stand(standing: Standing): void;
  readonly standing: Standing;
  /** Until what it returns is called, another process, or the command itself, answers ctrl-C. */
  holdInterrupts(): () => void;
  readonly holdsInterrupts: boolean;
  /** Waits for `work`; from two seconds on it shows what is waited for and how long already. */
  during<T>(label: string | (() => string), work: Promise<T>): Promise<T>;
}

/** The terminal of this process. */
export function openTerminal(options: { readonly json: boolean }): Terminal {
  const out = options.json ? process.stderr : process.stdout;
  const interactive = !options.json && process.stdin.isTTY === true && out.isTTY === true;
  const paint: Paint = (style, text) => styleText(style, text, { stream: out });
  let standing: Standing = { done: "Nothing was written." };
  let holdsInterrupts = false;
  return {
    json: options.json,
    interactive,
    out,
    paint,
    say: (text) => void out.write(`${text}\n`),
    warn: (text) => void process.stderr.write(`${styleText("yellow", text, { stream: process.stderr })}\n`),
    confirm,
    during,
    stand: (next) => {
      standing = next;
    },
    get standing() {
      return standing;
    },
    holdInterrupts: () => {
      holdsInterrupts = true;
      return () => {
        holdsInterrupts = false;
      };
    },
    get holdsInterrupts() {
      return holdsInterrupts;
    },
  };
}

async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await new Promise<string>((resolve) => {
    // A question makes ctrl-C a key like any other; it means here what it means everywhere.
    lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
    // When the input ends without an answer, that counts as no.
    lines.on("close", () => resolve(""));
    lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

const FIRST_SIGN_MS = 2_000;
const REDRAW_MS = 200;
const PLAIN_LINE_MS = 10_000;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

async function during<T>(label: string | (() => string), work: Promise<T>): Promise<T> {
  const { stderr } = process;
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 1000);
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  const draw = () => {
    frame += 1;
    const now = typeof label === "string" ? label : label();
    stderr.write(
      stderr.isTTY ? `\r${FRAMES[frame % FRAMES.length]} ${now} ${seconds()} s\x1b[K` : `${now} … ${seconds()} s\n`,
    );
  };
  const first = setTimeout(() => {
    draw();
    timer = setInterval(draw, stderr.isTTY ? REDRAW_MS : PLAIN_LINE_MS);
  }, FIRST_SIGN_MS);
  try {
    return await work;
  } finally {
    clearTimeout(first);
    if (timer) {
      clearInterval(timer);
      if (stderr.isTTY) stderr.write("\r\x1b[K");
    }
  }
}
