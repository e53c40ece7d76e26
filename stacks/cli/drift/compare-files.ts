import type { Problem } from "../../../components/release/problems.ts";
import { describeContent } from "../../../components/sources/content.ts";
import { printable } from "../printable.ts";
import { readTable } from "../tables/read-table.ts";
import { type Compared, compareTables, type TableQuestion } from "./compare-tables.ts";
import { readHistory } from "./history-file.ts";

/** What is compared, by paths as their user wrote them. */
export interface Request extends Omit<TableQuestion, "history"> {
  readonly reference: string;
  readonly current: string;
  /** The content that the reference has to have: the hash of its bytes. */
  readonly pin?: string;
  /** Where earlier periods are remembered. */
  readonly historyPath?: string;
}

/** Reads both files and compares them. Everything that can be found wrong by then is found at once. */
export async function compareFiles(request: Request): Promise<Compared> {
  const { pin, historyPath, ignored } = request;
  const [before, now] = await Promise.all([readTable(request.reference, ignored), readTable(request.current, ignored)]);
  const reference = "table" in before ? before.table : undefined;
  const past = historyPath && reference ? readHistory(historyPath, reference.content) : undefined;
  const problems = [
    ...(reference === undefined ? [] : checkPin(reference, pin)),
    ...[before, now, past].flatMap((each) => (each !== undefined && "problems" in each ? each.problems : [])),
  ];
  if (!("table" in before && "table" in now)) return { problems };
  const history =
    historyPath !== undefined && past !== undefined && "before" in past
      ? { history: { path: historyPath, before: past.before } }
      : {};
  const compared = compareTables(before.table, now.table, { ...request, ...history });
  const all = [...problems, ...("problems" in compared ? compared.problems : [])];
  return all.length > 0 ? { problems: all } : compared;
}

function checkPin(
  { path, content }: { readonly path: string; readonly content: string },
  pin?: string,
): readonly Problem[] {
  if (pin === undefined || pin.toLowerCase() === content) return [];
  const cure = `Take the file that was pinned, or pin this one: --pin ${content}`;
  return [{ path, seen: describeContent(content), allowed: `${describeContent(printable(pin))}, as --pin says`, cure }];
}
