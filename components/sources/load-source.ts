import type { ResolvedSource } from "../release/resolved.ts";
import type { LoadSource, Source, SourceContext } from "./source.ts";

/** A version's part of the document without its pin: where its content lies. */
export type SourcePart = Unpinned<ResolvedSource>;

/** Of each kind by itself. */
type Unpinned<Each> = Each extends unknown ? Omit<Each, "content"> : never;

/** Where the content of a version lies, without what it must be. */
export function withoutPin({ content: _, ...part }: ResolvedSource): SourcePart {
  return part;
}

/** The source that a version names, and no other kind's code: the folder of a kind has the kind's name. */
export async function loadSource(part: SourcePart, context: SourceContext): Promise<Source> {
  const { load }: { load: LoadSource<SourcePart> } = await import(`./${part.kind}/load.ts`);
  return load(part, context);
}
