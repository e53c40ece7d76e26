import { type LoadSource, SourceError } from "../source.ts";
import { claimSource, type ResolvedClaimSource } from "./document.ts";

/**
 * What content comes from by `source: { kind: claim }`: a volume that only pods of a cluster can read. Its pin is the
 * word of whoever wrote the files; nothing here can say whether it is kept.
 */
export const load: LoadSource<Omit<ResolvedClaimSource, "content">> = ({ claim, path }) => {
  const place = path === "" ? `claim ${claim}` : `${path} in claim ${claim}`;
  const unread = async (): Promise<never> => {
    throw new SourceError({
      seen: `${place}, which only pods of the cluster can read`,
      allowed: "a hash from where the files were written",
      cure: "Hash the files where they are written (mlc pin does it for source: { kind: path }), and write it.",
      field: claimSource.pinField,
    });
  };
  return { name: place, place, isElsewhere: true, pin: unread, verify: unread, open: unread, read: unread };
};
