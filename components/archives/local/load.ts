import { localArchive } from "../../platforms/local/index.ts";
import type { LoadStore } from "../archive-store.ts";

/** What keeps archives by `archive: { kind: local }`. */
export const load: LoadStore = () => localArchive();
