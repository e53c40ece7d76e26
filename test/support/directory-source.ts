import { load } from "../../components/sources/path/load.ts";
import type { Source } from "../../components/sources/source.ts";

/** A directory as a source of content. @param directory absolute */
export const directorySource = (directory: string): Source => load({ kind: "path", path: directory }, { root: "/" });
