import type { StackStatus } from "./stack-status.ts";
import type { Terminal } from "./terminal.ts";

/** Where `mlc watch` shows what it sees, again and again. */
export interface Screen {
  show(text: string, seen: StackStatus): void;
  close(): void;
}

/** A terminal is drawn over; a log gets the state once, and then what happens. */
export const openScreen = (terminal: Terminal): Screen =>
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
