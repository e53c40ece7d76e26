export { localArchive } from "./archive.ts";
export { localDocuments } from "./documents.ts";
export { type LocalSettings, local } from "./local.ts";
