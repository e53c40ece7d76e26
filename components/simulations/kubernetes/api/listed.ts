import type { Answer } from "./answer.ts";
import { apiVersionOf } from "./kinds.ts";
import type { Target } from "./request.ts";
import type { Store } from "./store.ts";

/** A collection, or what of it labels and a name select. */
export function listed(store: Store, { kind, namespace }: Target, query: URLSearchParams): Answer {
  const wanted = (query.get("labelSelector") ?? "").split(",").filter((each) => each !== "");
  const field = /^metadata\.name=(.*)$/.exec(query.get("fieldSelector") ?? "")?.[1];
  const items = store
    .list(kind, namespace)
    .filter(
      ({ metadata: { name, labels = {} } }) =>
        (field === undefined || field === name) && wanted.every((each) => isLabelled(labels, each)),
    );
  const metadata = { resourceVersion: store.version };
  return { status: 200, body: { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items } };
}

function isLabelled(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [, key = "", not = "", value] = /^([^!=]+)(!?)(?:==?(.*))?$/.exec(wanted) ?? [];
  return value === undefined ? key in labels : (labels[key] === value) !== (not === "!");
}
