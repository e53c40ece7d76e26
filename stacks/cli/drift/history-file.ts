import { z } from "zod";
import type { DriftHistory } from "../../../components/drift/index.ts";
import { readJson, writeJsonAtomic } from "../../../components/host/atomic-file.ts";
import { HostError } from "../../../components/host/host-error.ts";
import type { Problem } from "../../../components/release/problems.ts";
import { describeContent } from "../../../components/sources/content.ts";

const numbers = z.array(z.number());
const history = z.object({
  format: z.literal(1),
  reference: z.string(),
  periods: z.array(z.string()),
  features: z.array(
    z.tuple([z.string(), z.object({ recent: z.array(z.boolean()), calm: z.number(), drifting: z.boolean() })]),
  ),
  concept: z.object({
    logs: z.array(numbers),
    rise: z.object({ units: z.number(), height: z.number(), highest: z.number() }),
    blocks: z.number(),
    labels: z.number(),
    errors: z.number(),
    maxLog: z.number(),
  }),
});

/** What a history file holds; undefined before the first period. */
export type HistoryRead = { readonly before: DriftHistory | undefined } | { readonly problems: readonly Problem[] };

/** Reads what earlier periods left, if it belongs to this reference. */
export function readHistory(path: string, reference: string): HistoryRead {
  const cure = "Name another file for --history: a new reference begins a new history";
  try {
    const before = readJson(path, history);
    if (before === undefined || before.reference === reference) return { before };
    const [seen, allowed] = [before.reference, reference].map(
      (content) => `the reference with ${describeContent(content)}`,
    );
    return { problems: [{ path, seen: `periods against ${seen}`, allowed: allowed ?? "", cure }] };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const allowed = "a file that mlc drift wrote, or none";
    return { problems: [{ path, seen: error.problem.seen, allowed, cure }] };
  }
}

/** Keeps the history for the next period, in one rename. */
export const writeHistory = (path: string, after: DriftHistory): void => writeJsonAtomic(path, after);
