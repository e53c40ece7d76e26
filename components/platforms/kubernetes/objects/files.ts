import type { core } from "@pulumi/kubernetes/types/input.js";
import type { ResolvedKubernetesPlatform, ResolvedServer } from "../document/resolved.ts";
import type { Files } from "./images.ts";
import { restrictedContainer } from "./security.ts";

const VOLUME = "model";

/** Where files are copied to in the container that copies them. */
const COPIED = "/copied";

/** Nobody, by number: an image of files need not name a user, and root is not let in. */
const NOBODY = 65_534;

/** The volume that has a version's files. */
export function volumeOf(files: Files | undefined): core.v1.Volume[] {
  switch (files?.kind) {
    case undefined:
      return [];
    case "image":
      return [{ name: VOLUME, image: { reference: files.image, pullPolicy: "IfNotPresent" } }];
    case "copy":
      return [{ name: VOLUME, emptyDir: {} }];
    case "claim":
      return [{ name: VOLUME, persistentVolumeClaim: { claimName: files.claim, readOnly: true } }];
  }
}

/** Where what answers finds them. */
export function mountOf(files: Files | undefined, { mount }: ResolvedServer): core.v1.VolumeMount[] {
  if (files === undefined) return [];
  const subPath = files.kind === "claim" && files.path !== "" ? { subPath: files.path } : {};
  return [{ name: VOLUME, mountPath: mount, readOnly: true, ...subPath }];
}

/** What copies them before anything else of the pod starts. It asks for no more than the pod does anyway. */
export function copiedBy(
  files: Files | undefined,
  { resources: { requests, limits } }: ResolvedKubernetesPlatform,
): Pick<core.v1.PodSpec, "initContainers"> {
  if (files?.kind !== "copy") return {};
  const { cpu = "", memory = "" } = requests;
  const container: core.v1.Container = {
    name: "files",
    image: files.image,
    command: ["cp", "-R", `${files.directory}/.`, COPIED],
    resources: { requests: { cpu, memory }, limits: { memory: limits.memory ?? memory } },
    securityContext: { ...restrictedContainer, runAsUser: NOBODY },
    volumeMounts: [{ name: VOLUME, mountPath: COPIED }],
  };
  return { initContainers: [container] };
}
