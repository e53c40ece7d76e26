/** Counts from a table of intervals: a row for each interval and version. */
export { type FileSettings, file, type TableRows } from "./source.ts";
