/** JSON, as a request sends it. */
export type Json = Readonly<Record<string, unknown>>;

/** A kind of object that is put to both. */
export interface Subject {
  readonly kind: string;
  readonly apiVersion: string;
  /** Path of its collection. */
  readonly collection: string;
  /** A whole object but for its name. */
  readonly body: Json;
  /** A merge patch that a server takes. */
  readonly change: Json;
  /** Merge patches of a new object, by what is tried: some are taken, some refused. */
  readonly variations?: Readonly<Record<string, Json>>;
  /** Merge patches of an object that is there, by what is tried. */
  readonly edits?: Readonly<Record<string, Json>>;
}

/** Where every namespaced object of the matrix is. */
export const NAMESPACE = "default";

export const subject = (
  kind: string,
  apiVersion: string,
  plural: string,
  rest: Omit<Subject, "kind" | "apiVersion" | "collection">,
): Subject => {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = kind === "Namespace" ? "" : `/namespaces/${NAMESPACE}`;
  return { kind, apiVersion, collection: `${root}${place}/${plural}`, ...rest };
};
