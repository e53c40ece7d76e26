/** Plain data, as JSON has it. */
export type Data = Readonly<Record<string, unknown>>;

/** What every object says of itself. */
export interface Metadata extends Data {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly ManagedFields[];
}

/** Which fields somebody has the say over: the form of the API, `fieldsV1`. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1: Data;
  readonly subresource?: string;
}

/** An object of the API. */
export interface KubernetesObject extends Data {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** Whether something has fields. */
export const isRecord = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list, or nothing where there is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The objects of a list. */
export const recordsOf = (value: unknown): readonly Data[] => listOf(value).filter(isRecord);

/** An object, or an empty one where there is none. */
export const recordOf = (value: unknown): Data => (isRecord(value) ? value : {});

/** What stands at a way of names: `valueAt(route, "spec", "rules")`. */
export function valueAt(data: unknown, ...way: readonly string[]): unknown {
  return way.reduce<unknown>((at, name) => recordOf(at)[name], data);
}

/** The same data with another value at a way of names; undefined takes it out. */
export function withValueAt(data: Data, way: readonly string[], value: unknown): Data {
  const [name, ...below] = way;
  if (name === undefined) return data;
  const { [name]: before, ...others } = data;
  const after = below.length === 0 ? value : withValueAt(recordOf(before), below, value);
  return after === undefined ? others : { ...data, [name]: after };
}
