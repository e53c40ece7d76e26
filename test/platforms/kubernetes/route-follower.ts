import type { BackendRef, RouteRule } from "../../../components/platforms/kubernetes/route/http-route.ts";
import type { RouteOrder } from "../../../components/platforms/kubernetes/route/order.ts";
import { VERSION_HEADER } from "../../../components/platforms/kubernetes/route/rules.ts";
import type { Answer } from "../../conformance/stage.ts";

/**
 * Divides requests as the rules of a route say: a stand-in for a gateway. It proves that the rules say what is meant, and
 * nothing about how soon a real gateway follows them; the lane `cluster` has real ones.
 * @param random from 0 up to 1
 */
export function answerBy(
  rules: readonly RouteRule[],
  order: RouteOrder,
  version: string | undefined,
  random: () => number,
): Answer {
  const rule = rules.find(({ matches = [{}] }) =>
    matches.some(({ headers = [] }) =>
      headers.every(
        ({ type, name, value }) =>
          name === VERSION_HEADER &&
          (type === "Exact" ? value === version : new RegExp(`^(?:${value})$`).test(version ?? "")),
      ),
    ),
  );
  const backend = drawn(rule?.backendRefs ?? [], random());
  if (backend === undefined) return { status: rule === undefined ? 404 : 503, headers: {} };
  const set = (backend.filters ?? []).flatMap((filter) =>
    filter.type === "ResponseHeaderModifier" ? filter.responseHeaderModifier.set : [],
  );
  const answered = Object.entries(order.variants).find(([, { service, named }]) =>
    [service, named].includes(backend.name),
  )?.[0];
  const headers = Object.fromEntries(set.map(({ name, value }) => [name.toLowerCase(), value]));
  return { status: 200, headers, version: answered };
}

function drawn(backends: readonly BackendRef[], place: number): BackendRef | undefined {
  const total = backends.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = place * total;
  return backends.find(({ weight = 1 }) => {
    left -= weight;
    return left < 0;
  });
}
