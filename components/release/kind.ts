import { z } from "zod";
import type { Loose, Report } from "./draft.ts";
import { choice } from "./scalars.ts";
import { section } from "./section.ts";

/** A part of the document that is told apart by its `kind`. */
export interface OfKind<Name extends string = string> {
  readonly kind: Name;
}

/**
 * What one kind of platform, source, archive or monitor brings to the document: it stands in `document.ts` of the kind's
 * folder, and a line in kinds.ts makes it known.
 */
export interface DocumentKind<Document extends OfKind, Resolved extends OfKind> {
  readonly kind: Document["kind"];
  /** The interface whose docstrings describe its fields. */
  readonly describedBy: string;
  /** Its fields beside `kind`. */
  readonly fields: Readonly<Record<string, z.ZodType>>;
  /** All of it. */
  readonly schema: z.core.$ZodTypeDiscriminable;
  /** The part with its defaults filled in and its units as numbers; undefined when it is of another kind. */
  readonly resolve: (part: OfKind) => Resolved | undefined;
  /** The same of a part of which nothing is known; undefined when it is malformed. */
  readonly read: (part: unknown) => Resolved | undefined;
  /** Whether a resolved part is of this kind. */
  readonly is: (part: OfKind) => part is Resolved;
  /** Reports what its fields ask of each other, of a part that may be malformed. Paths begin inside the part. */
  readonly check: (part: Loose, report: Report) => void;
  /** What stands in other parts unless the release says otherwise: a platform brings its archive and its monitor. */
  readonly brings: Brought;
  /** Only for types: what its part of a document may hold. */
  readonly document?: Document;
}

/** What a kind of platform brings along. Absent: the release names one itself, or has none. */
export interface Brought {
  readonly archive?: OfKind;
  readonly monitor?: OfKind;
  /** The plugin that Pulumi.yaml has to name for it; a kind of archive may bring one too. */
  readonly plugin?: Plugin;
  /** The package that its resources are written with, which the project has to have: `@pulumi/kubernetes`. */
  readonly sdk?: string;
}

/** A plugin of the engine that comes with this package. */
export interface Plugin {
  /** What resources' types begin with. */
  readonly name: string;
  /** Its folder, relative to that of the package. */
  readonly path: string;
}

/** What the content of a version is to a platform: files that it copies, an image that it pulls, a volume that it mounts. */
export type Delivery = "files" | "image" | "claim";

/** What a kind of source brings: where in its part the pin stands. */
export interface SourceKind<Document extends OfKind, Resolved extends OfKind> extends DocumentKind<Document, Resolved> {
  /** The field that `mlc pin` writes. */
  readonly pinField: keyof Document & string;
  /** What a reference looks like that `mlc add` can look up there, with an example of one. @default there are none */
  readonly reference?: { readonly form: RegExp; readonly example: string };
}

/** What a kind of archive brings: what it keeps. */
export interface ArchiveKind<Document extends OfKind, Resolved extends OfKind>
  extends DocumentKind<Document, Resolved> {
  /** What a version has to be. @default anything */
  readonly takes?: readonly Delivery[];
}

/** What a list of kinds lets stand in the document. */
export type DocumentOf<Kinds extends readonly unknown[]> =
  Kinds[number] extends DocumentKind<infer Document, infer _> ? Document : never;

/** What a list of kinds makes of it. */
export type ResolvedOf<Kinds extends readonly unknown[]> =
  Kinds[number] extends DocumentKind<infer _, infer Resolved> ? Resolved : never;

/**
 * Makes a kind.
 * @param words.describedBy the interface in the kind's `document.ts` whose docstrings describe the fields
 * @param words.resolve gets a part that the schema has accepted
 */
export function documentKind<Document extends OfKind, Resolved extends OfKind>(words: {
  readonly kind: Document["kind"];
  readonly describedBy: string;
  readonly fields: { readonly [K in Exclude<keyof Document, "kind">]-?: z.ZodType<Document[K]> };
  readonly resolve: (part: Document) => Resolved;
  readonly check?: (part: Loose, report: Report) => void;
  readonly brings?: Brought;
}): DocumentKind<Document, Resolved> {
  const { kind, describedBy, fields, resolve, check = () => {}, brings = {} } = words;
  const isMine = (part: OfKind): part is Document => part.kind === kind;
  const resolveMine = (part: OfKind): Resolved | undefined => (isMine(part) ? resolve(part) : undefined);
  const schema = section(describedBy, { kind: choice(kind), ...fields });
  return {
    kind,
    describedBy,
    fields,
    schema,
    resolve: resolveMine,
    read(part) {
      const { data } = schema.safeParse(part);
      return data && resolveMine({ ...data, kind });
    },
    is: (part): part is Resolved => part.kind === kind,
    check,
    brings,
  };
}

/** One part, of whichever of the kinds its `kind` names. */
export function byKind<const Kinds extends readonly DocumentKind<OfKind, OfKind>[]>(
  kinds: Kinds,
): z.ZodType<DocumentOf<Kinds>> {
  const [first, ...rest] = kinds.map(({ schema }) => schema);
  if (first === undefined) throw new Error("a part without any kind could never be written");
  return z.discriminatedUnion("kind", [first, ...rest]) as unknown as z.ZodType<DocumentOf<Kinds>>;
}

/** The part with its defaults filled in. @throws RangeError when none of the kinds knows it, which a schema of the same kinds refuses before */
export function resolveKind<Kind extends DocumentKind<OfKind, OfKind>>(
  kinds: readonly Kind[],
  part: OfKind,
): ResolvedOf<readonly Kind[]> {
  for (const { resolve } of kinds) {
    const resolved = resolve(part);
    // Of a list of kinds TypeScript knows only what all of them have in common.
    if (resolved !== undefined) return resolved as ResolvedOf<readonly Kind[]>;
  }
  throw new RangeError(`no kind "${part.kind}"; there are ${kinds.map(({ kind }) => kind).join(", ")}`);
}

/** What the kind that a part names brings along; nothing for an unknown one. */
export const broughtBy = (kinds: readonly DocumentKind<OfKind, OfKind>[], part: { readonly kind?: unknown }): Brought =>
  kinds.find(({ kind }) => kind === part.kind)?.brings ?? {};

/** Reports what the fields of a part ask of each other, when it names a kind that is known. */
export function checkKind(kinds: readonly DocumentKind<OfKind, OfKind>[], part: Loose, report: Report): void {
  kinds.find(({ kind }) => kind === part.kind)?.check(part, report);
}
