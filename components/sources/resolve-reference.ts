import { sourceKinds } from "../release/kinds.ts";
import { type ReferenceContext, type ResolveReference, SourceError } from "./source.ts";

/**
 * The part of the document that a reference leads to now, without its pin: whichever kind knows its form is asked, and no
 * other's code is loaded.
 * @throws SourceError also when no kind knows its form
 */
export async function resolveReference(reference: string, context: ReferenceContext): ReturnType<ResolveReference> {
  const known = sourceKinds.find((each) => each.reference?.form.test(reference) === true);
  if (known === undefined) {
    const examples = sourceKinds.flatMap((each) => each.reference?.example ?? []);
    const [seen, allowed, cure] = [
      `"${reference}"`,
      "a reference of a known form",
      `Write one like ${examples.join(", ")}.`,
    ];
    throw new SourceError({ seen, allowed, cure, field: "from" });
  }
  const { resolve }: { resolve: ResolveReference } = await import(`./${known.kind}/load.ts`);
  return resolve(reference, context);
}
