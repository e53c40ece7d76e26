export { hasBlob, mountBlob, readBlob, writeBlob } from "./blobs.ts";
export { contentIn, digestOf, digestOfBytes, startHash } from "./digest.ts";
export { dockerLogin } from "./docker-logins.ts";
export { type Descriptor, digestOfTag, type Manifest, readManifest, writeManifest } from "./manifests.ts";
export { byDigest, pulledFrom, readReference } from "./reference.ts";
export { enterReferrer, referrersOf } from "./referrers.ts";
export { RegistryError } from "./registry-error.ts";
export { openRepository, type Repository } from "./repository.ts";
