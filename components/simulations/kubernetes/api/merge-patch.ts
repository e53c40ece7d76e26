import { type Data, isRecord } from "./object.ts";

/** A JSON merge patch (RFC 7396): null takes a field out, an object goes into what is there, anything else replaces it. */
export function mergePatched(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = { ...(isRecord(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatched(merged[name], value);
  }
  return merged satisfies Data;
}
