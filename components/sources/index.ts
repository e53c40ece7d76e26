export { type HashedFile, hashDirectory, hashOfFiles, listDirectory, UnhashableError } from "./directory-hash.ts";
