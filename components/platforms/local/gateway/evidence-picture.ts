import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { JudgedRollout } from "../../../evidence/index.ts";

/** What is drawn: a rollout that runs or has ended, and the file of its intervals. */
export interface Drawing {
  readonly record: Omit<JudgedRollout, "intervals">;
  readonly intervals: string;
}

/** Draws evidence beside the requests, one picture at a time: who asks meanwhile gets the one that is being drawn. */
export class EvidencePicture {
  #drawn: Promise<string> | undefined;

  /** The SVG. Rejects with what the drawing stumbled over. */
  draw(drawing: Drawing): Promise<string> {
    this.#drawn ??= drawApart(drawing).finally(() => {
      this.#drawn = undefined;
    });
    return this.#drawn;
  }
}

async function drawApart(workerData: Drawing): Promise<string> {
  const worker = new Worker(new URL(`./draw-evidence${extname(import.meta.url)}`, import.meta.url), { workerData });
  const [picture]: unknown[] = await once(worker, "message");
  return String(picture);
}
