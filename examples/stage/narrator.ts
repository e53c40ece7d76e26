import { styleText } from "node:util";

/** Tells what happens: headings, lines, and one line that changes in place on a terminal. */
export class Narrator {
  readonly #started = performance.now();
  readonly #out: NodeJS.WriteStream;
  #live = false;
  #lastPlain = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  act(title: string): void {
    this.#write(`\n${this.#style("bold", `── ${title} `.padEnd(78, "─"))}\n`);
  }

  say(text: string): void {
    const clock = `${this.seconds.toFixed(1).padStart(6)} s  `;
    const indent = " ".repeat(clock.length);
    this.#write(`${this.#style("dim", clock)}${text.split("\n").join(`\n${indent}`)}\n`);
  }

  /** A tool's own output, set off from the story. */
  quote(text: string): void {
    const lines = text
      .trimEnd()
      .split("\n")
      .filter((line) => line.trim() !== "");
    this.#write(lines.map((line) => `${" ".repeat(10)}${this.#style("dim", "│")} ${line}\n`).join(""));
  }

  /** What is going on right now; replaces the last one on a terminal, and comes every two seconds elsewhere. */
  now(text: string): void {
    if (this.#out.isTTY) {
      this.#out.write(`\r\u001b[2K${" ".repeat(10)}${text.slice(0, this.#out.columns - 12)}`);
      this.#live = true;
    } else if (this.seconds - this.#lastPlain >= 2) {
      this.#lastPlain = this.seconds;
      this.#out.write(`${" ".repeat(10)}${text}\n`);
    }
  }

  #write(text: string): void {
    if (this.#live) this.#out.write("\r\u001b[2K");
    this.#live = false;
    this.#out.write(text);
  }

  #style(style: "bold" | "dim", text: string): string {
    return styleText(style, text, { stream: this.#out });
  }
}
