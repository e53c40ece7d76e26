import type { core } from "@pulumi/kubernetes/types/input.js";

/**
 * What the profile "restricted" asks of a pod, whole, and no user of its own: that is the image's
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted).
 */
export const restrictedPod: core.v1.PodSecurityContext = {
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

/** The same of a container. */
export const restrictedContainer: core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};
