import { isRecord, listOf, recordOf } from "../api/object.ts";

const STEP = /\.([\w-]+)|\[(\d+)\]|\[\?\(@\.([\w-]+)\s*==\s*"([^"]*)"\)\]/g;

/** What a path of names, places and one condition finds: `.status.parents[0].conditions[?(@.type=="Accepted")].status`. */
export function valuesAt(data: unknown, path: string): readonly unknown[] {
  let found: readonly unknown[] = [data];
  for (const [, name, place, field, value] of path.matchAll(STEP)) {
    if (name !== undefined) found = found.map((each) => recordOf(each)[name]);
    else if (place !== undefined) found = found.map((each) => listOf(each)[Number(place)]);
    else found = found.flatMap((each) => listOf(each).filter((item) => isRecord(item) && item[field ?? ""] === value));
    found = found.filter((each) => each !== undefined);
  }
  return found;
}
