/** What a pin looks like, in words. */
export const contentForm = "64 lowercase hexadecimal digits";

/** Whether a text can be the pin of a content: the hash of the list of its files. */
export const isContent = (text: unknown): text is string => typeof text === "string" && /^[0-9a-f]{64}$/.test(text);

/** A pin as people read it, with its algorithm. */
export const describeContent = (content: string): string => `sha256 ${content}`;

/** A record with its content under the name of today: files and states of version 0.1.0 call it by the name of its hash. */
export const withContent = (record: object): Readonly<Record<string, unknown>> =>
  "content" in record ? { ...record } : renamed(record, "sha256", "content");

/** A record without the hash of a text that version 0.1.0 kept beside the text itself, and nobody read. */
export function withoutHash(record: object): Readonly<Record<string, unknown>> {
  const { sha256: _, ...rest } = record as Readonly<Record<string, unknown>>;
  return rest;
}

/** The record as files of format 1 have it, with its list of files; the fields in the same order. */
export const asRecorded = <Listing extends { readonly files: readonly object[] }>(
  record: Listing,
): Readonly<Record<string, unknown>> => ({
  ...renamed(record, "content", "sha256"),
  files: record.files.map((file) => renamed(file, "hash", "sha256")),
});

const renamed = (record: object, from: string, to: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]));
