import { createHash } from "node:crypto";
import { claimInTurn } from "../../host/claim.ts";
import { type HashedFile, hashFile } from "../directory-hash.ts";
import { type ContentStore, keyOf } from "./content-store.ts";
import { download, forget } from "./download.ts";
import { RemoteError, type RemoteFile } from "./remote.ts";

/** What is fetched from where to where. */
export interface Fetching {
  readonly store: ContentStore;
  /** The remote's address: bytes of one place are not gone on with from another. */
  readonly place: string;
  /** Told of each chunk. */
  readonly arrived: (bytes: number) => void;
}

const LOOKS_EVERY_MS = 200;

/**
 * Brings a file into the store, unless it is there; of two callers at once one fetches, and the other waits.
 * @param wanted what it has to be @default what its registry says, or else whatever it is
 * @throws RemoteError also when its bytes are others
 */
export async function fetchBlob(fetching: Fetching, file: RemoteFile, wanted?: string): Promise<HashedFile> {
  const { store, place } = fetching;
  const { path, bytes, mark } = file;
  const expected = wanted ?? file.hash;
  const key = keyOf(place, path, bytes, mark, expected);
  const there = expected ?? (mark === undefined ? undefined : store.knownAs(key));
  if (there !== undefined && (await store.holds(there))) return { path, bytes, hash: there };
  const part = store.partOf(key);
  const claim = await claimInTurn(part.claim, { everyMs: LOOKS_EVERY_MS });
  try {
    // Who was waited for has fetched it.
    if (expected !== undefined && (await store.holds(expected))) return { path, bytes, hash: expected };
    const hash = await fetchWhole(fetching, file, expected, key);
    if (mark !== undefined) store.rememberAs(key, hash);
    return { path, bytes, hash };
  } finally {
    claim.release();
  }
}

async function fetchWhole(
  { store, arrived }: Fetching,
  file: RemoteFile,
  expected: string | undefined,
  key: string,
): Promise<string> {
  const part = store.partOf(key);
  const isSame = expected !== undefined || file.mark !== undefined;
  for (;;) {
    const isOnePiece = await download(file, part, { isSame, arrived });
    const md5 = file.md5 === undefined ? undefined : createHash("md5");
    const { hash } = await hashFile(part.file, md5);
    const other = differenceOf([hash, expected], [md5?.digest("hex"), file.md5]);
    if (other === undefined) {
      store.keep(part.file, hash);
      forget(part);
      return hash;
    }
    forget(part);
    // Of two halves each may be of another file; of one piece it is what the server has.
    if (isOnePiece) throw new RemoteError(`${file.path} is ${other}`, { code: "changed" });
  }
}

/** The first hash that is another one than is wanted; where none is wanted, any will do. */
function differenceOf(
  ...pairs: readonly (readonly [found: string | undefined, wanted: string | undefined])[]
): string | undefined {
  const pair = pairs.find(([found, wanted]) => wanted !== undefined && found !== wanted);
  return pair && `${pair[0]} there, and not ${pair[1]}`;
}
