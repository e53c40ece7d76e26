import { bad, type Finding, good, note } from "../../data-plane.ts";
import { ACCESS_REVIEWS, HTTP_ROUTES_DEFINITION } from "../cluster/index.ts";
import { cureOf } from "./refused.ts";
import type { Cluster } from "./where.ts";

/** The oldest Gateway API whose routes have all that is written: from it on copies have a share, and rules a timeout. */
const OLDEST = [1, 3] as const;

/** Whether the server answers, and which version it is. */
export async function lookAtServer(cluster: Cluster): Promise<Finding> {
  const answer = await cluster.client.get<{ readonly gitVersion?: string }>("/version");
  return answer.kind === "ok"
    ? good("cluster", `${cluster.client.url}, Kubernetes ${answer.body.gitVersion ?? "of an unknown version"}`)
    : bad("cluster", answer.message, cureOf(answer, cluster));
}

interface Definition {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly versions?: readonly { readonly name: string; readonly served: boolean }[] };
}

/** Whether the Gateway API is there, and new enough. */
export async function lookAtGatewayApi({ client }: Cluster): Promise<Finding> {
  const check = "Gateway API";
  const answer = await client.get<Definition>(HTTP_ROUTES_DEFINITION);
  if (answer.kind === "notFound") return bad(check, "it is not installed", INSTALL);
  // Definitions are the cluster's, and not everybody may read them; whether routes can be is seen below.
  if (answer.kind === "forbidden")
    return note(check, "which version it is cannot be seen: its definitions may not be read");
  if (answer.kind !== "ok") return bad(check, answer.message, INSTALL);
  const { metadata, spec } = answer.body;
  const version = metadata.annotations?.["gateway.networking.k8s.io/bundle-version"] ?? "";
  const isServed = (spec?.versions ?? []).some(({ name, served }) => name === "v1" && served);
  if (!isServed || isOlder(version)) {
    return bad(
      check,
      `version ${version || "unknown"}${isServed ? "" : ", without HTTPRoute v1"}; needed is v${OLDEST.join(".")} or newer`,
      INSTALL,
    );
  }
  return good(check, version || "HTTPRoute v1");
}

const INSTALL =
  "kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.3.0/standard-install.yaml, or a newer one";

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = (/^v?(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  return version !== "" && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]));
}

/** What taking traffic back, and looking, needs. */
const NEEDED = [
  { group: "gateway.networking.k8s.io", resource: "httproutes", verbs: ["get", "list", "patch"] },
  { group: "", resource: "configmaps", verbs: ["get", "update"] },
  { group: "discovery.k8s.io", resource: "endpointslices", verbs: ["list"] },
  { group: "", resource: "pods", verbs: ["list"] },
  { group: "apps", resource: "deployments", verbs: ["get"] },
] as const;

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

/** Whether whoever asks may do what the emergency brake does. Asked of the server: it decides. */
export async function lookAtPermissions(cluster: Cluster): Promise<Finding> {
  const { client, namespace } = cluster;
  const asked = NEEDED.flatMap(({ group, resource, verbs }) => verbs.map((verb) => ({ group, resource, verb })));
  const answers = await Promise.all(
    asked.map(async ({ group, resource, verb }) => {
      const answer = await client.create<Review>(ACCESS_REVIEWS, {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: { namespace, group, resource, verb } },
      });
      return answer.kind === "ok" && answer.body.status?.allowed === true ? [] : [`${verb} ${resource}`];
    }),
  );
  const missing = answers.flat();
  const cure = `give it in a Role of namespace ${namespace}: ${missing.join(", ")}; or use another context`;
  return missing.length === 0
    ? good("permissions", `all that mlc does in ${namespace}`)
    : bad("permissions", `not allowed in ${namespace}: ${missing.join(", ")}`, cure);
}
