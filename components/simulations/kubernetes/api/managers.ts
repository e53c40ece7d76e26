import { isDeepStrictEqual } from "node:util";
import { contested } from "./answer.ts";
import { type Fields, fieldsOf, merged, readFields, spoken, without, written } from "./field-set.ts";
import type { KubernetesObject, ManagedFields } from "./object.ts";
import type { Schema } from "./schema.ts";

/** Who writes, and how. */
export interface Writer {
  readonly manager: string;
  readonly time: string;
  readonly subresource?: string;
}

type Owned = ManagedFields & { readonly ways: ReadonlySet<string> };

const ownedIn = (object: KubernetesObject | undefined): readonly Owned[] =>
  (object?.metadata.managedFields ?? []).map((each) => ({ ...each, ways: readFields(each.fieldsV1) }));

function withManagers(object: KubernetesObject, owned: readonly Owned[]): KubernetesObject {
  const managedFields = owned
    .filter(({ ways }) => ways.size > 0)
    .map(({ ways, ...each }): ManagedFields => ({ ...each, fieldsV1: written(ways) }));
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

const isWriter = (each: Owned, { manager, subresource }: Writer, operation: ManagedFields["operation"]): boolean =>
  each.manager === manager && each.operation === operation && each.subresource === subresource;

const entry = (
  object: KubernetesObject,
  writer: Writer,
  operation: ManagedFields["operation"],
  ways: ReadonlySet<string>,
): Owned => ({
  manager: writer.manager,
  operation,
  apiVersion: object.apiVersion,
  time: writer.time,
  fieldsType: "FieldsV1",
  fieldsV1: {},
  ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
  ways,
});

/**
 * An object after somebody wrote it as a whole or patched it: what it changed is its own from then on, and nobody
 * else's. Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function afterUpdate(
  schema: Schema,
  before: KubernetesObject | undefined,
  after: KubernetesObject,
  writer: Writer,
): KubernetesObject {
  const olds: Fields = before === undefined ? new Map() : fieldsOf(schema, before);
  const news = fieldsOf(schema, after);
  const touched = new Set(
    [...news].filter(([way, value]) => !olds.has(way) || !isDeepStrictEqual(olds.get(way), value)).map(([way]) => way),
  );
  const others = ownedIn(after.metadata.managedFields === undefined ? before : after).map((each) => ({
    ...each,
    ways: new Set([...each.ways].filter((way) => news.has(way) && !touched.has(way))),
  }));
  const own = others.find((each) => isWriter(each, writer, "Update"));
  const ways = new Set([...(own?.ways ?? []), ...touched]);
  return withManagers(after, [...others.filter((each) => each !== own), entry(after, writer, "Update", ways)]);
}

/**
 * The live object after somebody applied a part of it. @param checks whether another manager's word is heard
 * @throws Refusal 409 that names the managers of fields that would change, unless it is forced
 */
export function afterApply(
  schema: Schema,
  live: KubernetesObject,
  applied: KubernetesObject,
  writer: Writer,
  { force, checks }: { readonly force: boolean; readonly checks: boolean },
): KubernetesObject {
  const owned = ownedIn(live);
  const news = fieldsOf(schema, applied);
  const olds = fieldsOf(schema, live);
  const changed = new Set(
    [...news]
      .filter(([way, value]) => (olds.has(way) ? !isDeepStrictEqual(olds.get(way), value) : true))
      .map(([way]) => way),
  );
  const own = owned.find((each) => isWriter(each, writer, "Apply"));
  const others = owned.filter((each) => each !== own);
  const conflicts = others
    .map((each) => ({ each, fields: [...each.ways].filter((way) => changed.has(way)) }))
    .filter(({ fields }) => fields.length > 0);
  if (conflicts.length > 0 && checks && !force) {
    throw contested(
      conflicts.map(({ each, fields }) => ({ manager: nameOf(each), fields: fields.map(spoken).toSorted() })),
    );
  }
  const elsewhere = new Set(others.flatMap(({ ways }) => [...ways]));
  const dropped = new Set([...(own?.ways ?? [])].filter((way) => !news.has(way) && !elsewhere.has(way)));
  const { metadata, ...rest } = live;
  const base = (dropped.size === 0 ? rest : without(schema, { ...rest, metadata }, dropped)) as KubernetesObject;
  const after = merged(schema, { ...base, metadata: base.metadata ?? metadata }, applied) as KubernetesObject;
  const kept = others.map((each) => ({ ...each, ways: new Set([...each.ways].filter((way) => !changed.has(way))) }));
  return withManagers({ ...after, metadata: { ...metadata, ...after.metadata } }, [
    ...kept,
    entry(after, writer, "Apply", new Set(news.keys())),
  ]);
}

/** A new object, all of whose applied fields belong to who applied them. */
export const asApplied = (
  schema: Schema,
  object: KubernetesObject,
  applied: KubernetesObject,
  writer: Writer,
): KubernetesObject =>
  withManagers(object, [entry(object, writer, "Apply", new Set(fieldsOf(schema, applied).keys()))]);

function nameOf({ manager, operation, apiVersion, subresource }: Owned): string {
  const part = subresource === undefined ? "" : ` with subresource "${subresource}"`;
  return operation === "Update" ? `"${manager}"${part} using ${apiVersion}` : `"${manager}"${part}`;
}
