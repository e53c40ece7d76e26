import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { readJsonIfSound, writeJsonAtomic } from "../../components/host/atomic-file.ts";
import type { RolloutDocument } from "../../components/release/document.ts";

/** What the last rollback wrote into the configuration: a second one can tell by it that nothing is left to do, also while no gateway answers. */
export interface RollbackMarker {
  /** Hash of the `rollout` section that was written. */
  readonly rollout: string;
  /** RFC 3339. */
  readonly at: string;
}

/** After this time a rollback is a new one, in milliseconds. */
const SAME_INCIDENT_MS = 24 * 3_600_000;

/** Beside what serves, so that it is there when that is not. */
const markerPath = (place: string): string => `${place}.rollback.json`;

/** The rollback that made this section; undefined when none did of late. */
export function findRollback(place: string, rollout: RolloutDocument, now: Date): RollbackMarker | undefined {
  const marker = readMarker(place);
  const isSame = marker !== undefined && marker.rollout === hashOf(rollout);
  return isSame && now.getTime() - Date.parse(marker.at) < SAME_INCIDENT_MS ? marker : undefined;
}

/** Keeps that this section was made by a rollback. @param rollout as it is written */
export function rememberRollback(place: string, rollout: RolloutDocument, now: Date): void {
  const marker: RollbackMarker = { rollout: hashOf(rollout), at: now.toISOString() };
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  writeJsonAtomic(markerPath(place), marker);
}

/** Another move was made since: the next rollback is a new one. */
export const forgetRollback = (place: string): void => rmSync(markerPath(place), { force: true });

/** Without it, or with a part of it, the configuration alone decides. */
const readMarker = (place: string): RollbackMarker | undefined => readJsonIfSound(markerPath(place), markerSchema);

const markerSchema = z.object({ rollout: z.string(), at: z.string() });

/** A rollout is plain data; the order of its keys is the order of the file. */
const hashOf = (rollout: RolloutDocument): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(rollout).toSorted(([one], [other]) => (one < other ? -1 : 1))))
    .digest("hex");
