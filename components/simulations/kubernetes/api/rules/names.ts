import { type KubernetesObject, recordOf, valueAt } from "../object.ts";
import { templateWay } from "../pod-template.ts";
import { invalid, type Problem, tooLong } from "../problem.ts";
import type { Rule } from "./rule.ts";

const VALIDATION = "k8s.io/apimachinery v0.34.1 pkg/util/validation/validation.go";
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const KEY_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Longest name of a kind; 253 where nothing else is said. */
const LONGEST: Readonly<Record<string, number>> = { Namespace: 63, Service: 63, CronJob: 52 };
const SUBDOMAIN_LENGTH = 253;
const LABEL_LENGTH = 63;

const wording: Readonly<Record<string, string>> = {
  Service: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
  Namespace: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
};
const SUBDOMAIN_WORDS = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;

const formOf = (kind: string): RegExp => (kind === "Service" ? LABEL_1035 : kind === "Namespace" ? LABEL : SUBDOMAIN);

/** Kinds whose names are segments of a path and may hold more. Source: pkg/apis/{rbac,policy}/validation. */
const ANY_SEGMENT = new Set(["Role", "RoleBinding", "PodDisruptionBudget"]);

/** An object has a name that its kind may have. */
export const names: Rule = {
  name: "names",
  source: `${VALIDATION}; CronJob: pkg/apis/batch/validation (52, as a suffix is added)`,
  check({ kind, metadata: { name } }) {
    if (ANY_SEGMENT.has(kind)) {
      return /[/%]|^\.{1,2}$/.test(name) ? [invalid("metadata.name", name, `may not contain '/'`)] : [];
    }
    const longest = LONGEST[kind] ?? SUBDOMAIN_LENGTH;
    const problems: Problem[] = [];
    if (name.length > longest) {
      const why =
        longest < SUBDOMAIN_LENGTH
          ? `must be no more than ${longest} characters`
          : `must be no more than ${longest} bytes`;
      problems.push(invalid("metadata.name", name, why));
    }
    if (!formOf(kind).test(name)) problems.push(invalid("metadata.name", name, wording[kind] ?? SUBDOMAIN_WORDS));
    return problems;
  },
};

/** Labels have names and values that can be selected by. */
export const labels: Rule = {
  name: "labels",
  source: VALIDATION,
  check: (object) => [
    ...labelProblems(object.metadata.labels, "metadata.labels"),
    ...templateLabelProblems(object),
    ...Object.keys(object.metadata.annotations ?? {}).flatMap((key) =>
      keyProblems(key.toLowerCase(), "metadata.annotations"),
    ),
  ],
};

/** A server calls the labels of a template as if it had no metadata. */
function templateLabelProblems(object: KubernetesObject): readonly Problem[] {
  const way = templateWay[object.kind];
  return way === undefined
    ? []
    : labelProblems(valueAt(object, ...way, "metadata", "labels"), [...way, "labels"].join("."));
}

function labelProblems(given: unknown, field: string): readonly Problem[] {
  return Object.entries(recordOf(given)).flatMap(([key, value]) => [
    ...keyProblems(key, field),
    ...(String(value).length > LABEL_LENGTH
      ? [invalid(field, value, `must be no more than ${LABEL_LENGTH} characters`)]
      : []),
    ...(VALUE.test(String(value))
      ? []
      : [
          invalid(
            field,
            value,
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
          ),
        ]),
  ]);
}

function keyProblems(key: string, field: string): readonly Problem[] {
  const [prefix, name] = key.includes("/")
    ? [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)]
    : [undefined, key];
  const isGood =
    name.length <= LABEL_LENGTH &&
    KEY_NAME.test(name) &&
    (prefix === undefined || (prefix.length <= SUBDOMAIN_LENGTH && SUBDOMAIN.test(prefix)));
  return isGood
    ? []
    : [
        invalid(
          field,
          key,
          "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character, at most 63 of them, with an optional DNS subdomain prefix and '/'",
        ),
      ];
}

const ANNOTATION_BYTES = 256 * 1024;

/** All annotations of an object together have a limit. */
export const annotationSize: Rule = {
  name: "annotation-size",
  source: "k8s.io/apimachinery v0.34.1 pkg/api/validation/objectmeta.go (TotalAnnotationSizeLimitB)",
  check({ metadata: { annotations = {} } }) {
    const size = Object.entries(annotations).reduce(
      (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)),
      0,
    );
    return size > ANNOTATION_BYTES ? [tooLong("metadata.annotations", ANNOTATION_BYTES)] : [];
  },
};
