/** Plain data whose shape is looked at where it is read. */
export type Data = Readonly<Record<string, unknown>>;

/** Whether a value is an object with fields: no list, and not nothing. */
export const isRecord = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object, or an empty one where there is none. */
export const recordOf = (value: unknown): Data => (isRecord(value) ? value : {});

/** The objects of a list; none where there is no list. */
export const recordsOf = (value: unknown): readonly Data[] => (Array.isArray(value) ? value.filter(isRecord) : []);
