import { sourceKinds } from "../release/kinds.ts";
import { type SourcePart, withoutPin } from "./load-source.ts";

/** A version's part of the document that says where its content lies, whatever stands there as its pin. */
export interface UnpinnedPart {
  readonly part: SourcePart;
  /** The field of the pin, which `mlc pin` writes. */
  readonly pinField: string;
}

/** Stands for a pin where only the rest of a part is looked at. */
const anyPin = "0".repeat(64);

/** Reads a `source` that may not be pinned yet; undefined when it is malformed otherwise, which is a problem of the document. */
export function readUnpinned(source: Readonly<Record<string, unknown>>): UnpinnedPart | undefined {
  const kind = sourceKinds.find((each) => each.kind === source.kind);
  const resolved = kind?.read({ ...source, [kind.pinField]: anyPin });
  return kind && resolved && { part: withoutPin(resolved), pinField: kind.pinField };
}
