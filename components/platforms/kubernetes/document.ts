import { type DocumentKind, documentKind } from "../../release/kind.ts";
import { checkKubernetes } from "./document/checks.ts";
import { kubernetesFields } from "./document/fields.ts";
import type { KubernetesPlatformDocument } from "./document/parts.ts";
import { resolveKubernetes } from "./document/resolve.ts";
import type { ResolvedKubernetesPlatform } from "./document/resolved.ts";

/** What a cluster brings to the document. */
export const kubernetesPlatform: DocumentKind<KubernetesPlatformDocument, ResolvedKubernetesPlatform> = documentKind({
  kind: "kubernetes",
  describedBy: "KubernetesPlatformDocument",
  fields: kubernetesFields,
  resolve: resolveKubernetes,
  brings: { monitor: { kind: "prometheus" }, sdk: "@pulumi/kubernetes" },
  check: checkKubernetes,
});
