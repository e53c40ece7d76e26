import type { LoadStore } from "../archive-store.ts";
import type { OciArchiveDocument } from "./document.ts";
import { ociArchive } from "./store.ts";

/** What keeps archives by `archive: { kind: oci }`. */
export const load: LoadStore<OciArchiveDocument> = ({ repository }) => ociArchive({ repository });
