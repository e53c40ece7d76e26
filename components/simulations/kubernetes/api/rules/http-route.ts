import { type Data, isRecord, type KubernetesObject, listOf, recordOf, recordsOf, valueAt } from "../object.ts";
import { invalid, type Problem, tooMany } from "../problem.ts";
import type { Rule } from "./rule.ts";

// Expressions of the HTTPRoute's schema that decide about routes as a rollout writes them, each with the words that the
// schema gives it. Source: Gateway API v1.6.1, gateway.networking.k8s.io_httproutes.yaml, x-kubernetes-validations.

const SOURCE = "Gateway API v1.6.1, gateway.networking.k8s.io_httproutes.yaml";

interface At {
  readonly at: string;
  readonly value: Data;
}

const rulesIn = (route: KubernetesObject): readonly At[] =>
  recordsOf(valueAt(route, "spec", "rules")).map((value, index) => ({ at: `spec.rules[${index}]`, value }));

/** Each list of filters of a route: of its rules, and of their backends. */
const filtersIn = (route: KubernetesObject): readonly { readonly at: string; readonly filters: readonly Data[] }[] =>
  rulesIn(route).flatMap(({ at, value }) => [
    { at: `${at}.filters`, filters: recordsOf(value.filters) },
    ...recordsOf(value.backendRefs).map(({ filters }, index) => ({
      at: `${at}.backendRefs[${index}].filters`,
      filters: recordsOf(filters),
    })),
  ]);

const onRoutes = (name: string, check: Rule["check"]): Rule => ({
  name,
  kinds: ["HTTPRoute"],
  isExpression: true,
  source: SOURCE,
  check,
});

const ONE_OF_A_LIST = ["RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite", "CORS"];

/** A list of filters has at most one of a kind, mirrors aside. */
export const oneFilterOfAKind: Rule = onRoutes("one-filter-of-a-kind", (route) =>
  filtersIn(route).flatMap(({ at, filters }) =>
    ONE_OF_A_LIST.filter((type) => filters.filter((each) => each.type === type).length > 1).map((type) =>
      invalid(at, "array", `${type} filter cannot be repeated`),
    ),
  ),
);

/** A list of filters redirects or rewrites, and does not do both. */
export const redirectOrRewrite: Rule = onRoutes("redirect-or-rewrite", (route) =>
  filtersIn(route)
    .filter(({ filters }) =>
      ["RequestRedirect", "URLRewrite"].every((type) => filters.some((each) => each.type === type)),
    )
    .map(({ at, filters }) =>
      invalid(
        at,
        filters,
        "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both",
      ),
    ),
);

/** A rule that redirects sends nothing to a backend. */
export const redirectHasNoBackend: Rule = onRoutes("redirect-has-no-backend", (route) =>
  rulesIn(route)
    .filter(
      ({ value }) =>
        listOf(value.backendRefs).length > 0 &&
        recordsOf(value.filters).some((each) => each.type === "RequestRedirect"),
    )
    .map(({ at }) => invalid(at, "object", "RequestRedirect filter must not be used together with backendRefs")),
);

const FIELD_OF: Readonly<Record<string, string>> = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestMirror: "requestMirror",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  ExtensionRef: "extensionRef",
};

/** A filter has the part that its type names, and no other. */
export const filterSaysItsType: Rule = onRoutes("filter-says-its-type", (route) =>
  filtersIn(route).flatMap(({ at, filters }) =>
    filters.flatMap((filter, index) =>
      Object.entries(FIELD_OF).flatMap(([type, field]): readonly Problem[] => {
        const [isNamed, isThere] = [filter.type === type, filter[field] !== undefined];
        if (isNamed === isThere) return [];
        return [
          invalid(
            `${at}[${index}]`,
            "object",
            isThere
              ? `filter.${field} must be nil if the filter.type is not ${type}`
              : `filter.${field} must be specified for ${type} filter.type`,
          ),
        ];
      }),
    ),
  ),
);

/** A mirror has a share in per cent or as a fraction, and the fraction is at most the whole. */
export const mirrorShare: Rule = onRoutes("mirror-share", (route) =>
  filtersIn(route).flatMap(({ at, filters }) =>
    filters.flatMap(({ requestMirror }, index) => {
      const { percent, fraction } = recordOf(requestMirror);
      const here = `${at}[${index}].requestMirror`;
      const both =
        percent !== undefined && fraction !== undefined
          ? [invalid(here, "object", "Only one of percent or fraction may be specified in HTTPRequestMirrorFilter")]
          : [];
      const { numerator, denominator = 100 } = recordOf(fraction);
      const above =
        isRecord(fraction) && Number(numerator) > Number(denominator)
          ? [invalid(`${here}.fraction`, "object", "numerator must be less than or equal to denominator")]
          : [];
      return [...both, ...above];
    }),
  ),
);

/** A backend that is a Service has a port. */
export const servicesHavePorts: Rule = onRoutes("services-have-ports", (route) =>
  rulesIn(route).flatMap(({ at, value }) => {
    const isOpen = (ref: Data): boolean =>
      (ref.group ?? "") === "" && (ref.kind ?? "Service") === "Service" && ref.port === undefined;
    const mirrors = recordsOf(value.filters).flatMap(({ requestMirror }, index) =>
      isRecord(requestMirror) && isOpen(recordOf(requestMirror.backendRef))
        ? [
            invalid(
              `${at}.filters[${index}].requestMirror.backendRef`,
              "object",
              "Must have port for Service reference",
            ),
          ]
        : [],
    );
    const backends = recordsOf(value.backendRefs).flatMap((ref, index) =>
      isOpen(ref) ? [invalid(`${at}.backendRefs[${index}]`, "object", "Must have port for Service reference")] : [],
    );
    return [...mirrors, ...backends];
  }),
);

const MOST_MATCHES = 128;

/** All rules together have no more matches than a route may have. */
export const matchesInAll: Rule = onRoutes("matches-in-all", (route) => {
  const count = rulesIn(route).reduce((sum, { value }) => sum + listOf(value.matches).length, 0);
  return count > MOST_MATCHES
    ? [
        invalid(
          "spec.rules",
          "array",
          "While 16 rules and 64 matches per rule are allowed, the total number of matches across all rules in a route must be less than 128",
        ),
      ]
    : [];
});

/** A path is written as its way of matching asks. */
export const pathForms: Rule = onRoutes("path-forms", (route) =>
  rulesIn(route).flatMap(({ at, value }) =>
    recordsOf(value.matches).flatMap(({ path }, index): readonly Problem[] => {
      const { type = "PathPrefix", value: text = "/" } = recordOf(path);
      if (type === "RegularExpression") return [];
      const here = `${at}.matches[${index}].path`;
      const why = pathProblem(String(text));
      return why === undefined ? [] : [invalid(here, "object", `${why} when type one of ['Exact', 'PathPrefix']`)];
    }),
  ),
);

function pathProblem(text: string): string | undefined {
  if (!text.startsWith("/")) return "value must be an absolute path and start with '/'";
  const bad = ["//", "/./", "/../", "%2f", "%2F", "#"].find((each) => text.includes(each));
  if (bad !== undefined) return `must not contain '${bad}'`;
  const end = ["/..", "/."].find((each) => text.endsWith(each));
  return end === undefined ? undefined : `must not end with '${end}'`;
}

/** A backend may not take longer than the request of which it is a part. */
export const timeouts: Rule = onRoutes("timeouts", (route) =>
  rulesIn(route).flatMap(({ at, value }) => {
    const { request, backendRequest } = recordOf(value.timeouts);
    const [whole, part] = [secondsOf(request), secondsOf(backendRequest)];
    return whole !== undefined && part !== undefined && whole > 0 && part > whole
      ? [invalid(`${at}.timeouts`, "object", "backendRequest timeout cannot be longer than request timeout")]
      : [];
  }),
);

const UNIT: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

const secondsOf = (duration: unknown): number | undefined =>
  typeof duration === "string"
    ? [...duration.matchAll(/([0-9]+)(ms|h|m|s)/g)].reduce(
        (sum, [, amount, unit = "s"]) => sum + Number(amount) * (UNIT[unit] ?? 0),
        0,
      )
    : undefined;

const SAME_PARENT = "when parentRefs includes 2 or more references to the same parent";

/** Who refers to a Gateway twice says which listener each time, and not the same one. */
export const parentsOnce: Rule = onRoutes("parents-once", (route) => {
  const seen = new Map<string, unknown[]>();
  for (const { group, kind, namespace = "", name, sectionName = "" } of recordsOf(
    valueAt(route, "spec", "parentRefs"),
  )) {
    const parent = JSON.stringify([group, kind, namespace, name]);
    seen.set(parent, [...(seen.get(parent) ?? []), sectionName]);
  }
  const sections = [...seen.values()];
  const isMixed = sections.some((each) => each.includes("") && each.some((section) => section !== ""));
  const isDouble = sections.some((each) => new Set(each).size < each.length);
  return [
    ...(isMixed ? [invalid("spec.parentRefs", "array", `sectionName must be specified ${SAME_PARENT}`)] : []),
    ...(isDouble ? [invalid("spec.parentRefs", "array", `sectionName must be unique ${SAME_PARENT}`)] : []),
  ];
});

const HEADER_LISTS = ["set", "add", "remove"] as const;
const MOST_HEADERS = 16;

/** A filter changes a header once. */
export const headersOnce: Rule = onRoutes("headers-once", (route) =>
  filtersIn(route).flatMap(({ at, filters }) =>
    filters.flatMap((filter, index) =>
      ["requestHeaderModifier", "responseHeaderModifier"].flatMap((field) => {
        const modifier = recordOf(filter[field]);
        return HEADER_LISTS.flatMap((list): readonly Problem[] => {
          const entries = listOf(modifier[list]);
          const here = `${at}[${index}].${field}.${list}`;
          if (entries.length > MOST_HEADERS) return [tooMany(here, entries.length, MOST_HEADERS)];
          const names = entries.map((each) => JSON.stringify(isRecord(each) ? each.name : each));
          const double = names.findIndex((name, place) => names.indexOf(name) < place);
          return double === -1
            ? []
            : [
                {
                  field: `${here}[${double}]`,
                  reason: "FieldValueDuplicate",
                  message: `Duplicate value: {"name":${names[double]}}`,
                },
              ];
        });
      }),
    ),
  ),
);
