export { type HashedFile, hashDirectory, hashOfFiles, listDirectory, UnhashableError } from "./directory-hash.ts";
export type { Found, LoadSource, Source, SourceContext } from "./source.ts";
