import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { documentOfRollout, renderPicture } from "../../../evidence/index.ts";
import type { Drawing } from "./evidence-picture.ts";
import { parseIntervals } from "./record-checks.ts";

// A thread of its own: hours of intervals are read, hashed and judged again here, and no request waits for it.
const { record, intervals } = workerData as Drawing;
const counted = parseIntervals(readFileSync(intervals, "utf8"))
  .filter((each) => each?.question === record.question)
  .flatMap((each) => each ?? []);
parentPort?.postMessage(renderPicture(documentOfRollout({ ...record, intervals: counted })));
