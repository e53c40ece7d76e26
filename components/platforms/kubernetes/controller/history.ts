import { gunzipSync, gzipSync } from "node:zlib";
import { type ClosedInterval, type HistoryEntry, type PairedHistory, taughtBy } from "../../../rollout/index.ts";
import { configMapPath } from "../cluster/index.ts";
import { historyName } from "../route/names.ts";
import type { Kept } from "./kept.ts";
import { refused, type Stopped } from "./look.ts";
import type { ConfigMap } from "./objects.ts";
import type { Target, World } from "./world.ts";

/** Compressed bytes that a ConfigMap of histories holds: its limit is 1,048,576, and base64 does not count. */
const MOST_BYTES = 900_000;

/** Intervals wait in the state until there are so many of them. */
const MOST_WAITING = 30;

const RUNNING_KEY = "running.json.gz";
const SUFFIX = ".json.gz";

interface Running {
  readonly run: number;
  readonly intervals: readonly ClosedInterval[];
}

/** Something waits that belongs into the history. */
export const isDue = ({ endings, evidence }: Kept): boolean =>
  endings.length > 0 || evidence.tail.length >= MOST_WAITING;

/**
 * Moves endings and intervals into the history, and says what is left to keep. Done twice it writes the same, so that who
 * is killed in between does it again. The oldest endings go first when there is no room.
 */
export async function moveToHistory(
  { client }: World,
  { namespace }: Target,
  model: string,
  kept: Kept,
): Promise<Kept | Stopped> {
  const path = configMapPath(namespace, historyName(model));
  const answer = await client.get<ConfigMap>(path);
  if (answer.kind !== "ok")
    return refused(answer, `ConfigMap ${namespace}/${historyName(model)}`, "deploy the endpoint again");
  const map = answer.body;
  const running = runningIn(map);
  const ended = kept.endings.map(({ id, ending, run, moved, tail }) => {
    const intervals = ending.question === undefined ? [] : [...movedOf(running, run, moved), ...tail];
    return [`${id}${SUFFIX}`, pack({ format: 1, id, ...ending, intervals })] as const;
  });
  const { run, moved, tail } = kept.evidence;
  const now: Running = { run, intervals: [...movedOf(running, run, moved), ...tail] };
  const { [RUNNING_KEY]: _, ...records } = map.binaryData ?? {};
  const binaryData = { ...fitting({ ...records, ...Object.fromEntries(ended) }), [RUNNING_KEY]: pack(now) };
  const written = await client.replace<ConfigMap>(path, { ...map, apiVersion: "v1", kind: "ConfigMap", binaryData });
  if (written.kind !== "ok")
    return refused(written, `ConfigMap ${namespace}/${historyName(model)}`, "deploy the endpoint again");
  return { ...kept, endings: [], evidence: { run, moved: moved + tail.length, tail: [] } };
}

/** Intervals that were moved before, of this run alone. */
const movedOf = (running: Running | undefined, run: number, moved: number): readonly ClosedInterval[] =>
  running?.run === run ? running.intervals.slice(0, moved) : [];

/** The newest records that there is room for. */
function fitting(records: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let bytes = 0;
  const kept = Object.entries(records)
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .filter(([, data]) => {
      bytes += (data.length * 3) / 4;
      return bytes <= MOST_BYTES;
    });
  return Object.fromEntries(kept.reverse());
}

/** The endings in a history, the oldest first; what cannot be read is left out. */
export const entriesIn = ({ binaryData = {} }: Pick<ConfigMap, "binaryData">): readonly HistoryEntry[] =>
  Object.keys(binaryData)
    .filter((key) => key.endsWith(SUFFIX) && key !== RUNNING_KEY)
    .toSorted()
    .flatMap((key) => unpack<HistoryEntry>(binaryData[key]) ?? []);

/** Every interval of the rollout that runs. @param map its history */
export const runningIntervals = (map: Pick<ConfigMap, "binaryData">, { evidence }: Kept): readonly ClosedInterval[] => [
  ...movedOf(runningIn(map), evidence.run, evidence.moved),
  ...evidence.tail,
];

/** What promoted rollouts have counted side by side, the oldest first. */
export const pairedIn = (map: Pick<ConfigMap, "binaryData">): readonly PairedHistory[] => taughtBy(entriesIn(map));

const runningIn = ({ binaryData }: Pick<ConfigMap, "binaryData">): Running | undefined =>
  unpack<Running>(binaryData?.[RUNNING_KEY]);

const pack = (value: unknown): string => gzipSync(JSON.stringify(value)).toString("base64");

function unpack<Value>(data: string | undefined): Value | undefined {
  if (data === undefined) return undefined;
  try {
    return JSON.parse(gunzipSync(Buffer.from(data, "base64")).toString("utf8")) as Value;
  } catch {
    return undefined;
  }
}
