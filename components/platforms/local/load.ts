import type { LoadPlatform } from "../platform.ts";
import { local } from "./index.ts";

/** What serves by `platform: { kind: local }`. */
export const load: LoadPlatform = () => local();
