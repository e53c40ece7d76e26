/** Archives of images; given by `pulumi-model-lifecycle/archives/oci`. */
export { type OciArchiveSettings, ociArchive } from "./store.ts";
