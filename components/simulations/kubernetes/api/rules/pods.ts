import { type Data, isRecord, type KubernetesObject, listOf, recordOf, recordsOf, valueAt } from "../object.ts";
import { templateWay } from "../pod-template.ts";
import { duplicate, invalid, type Problem, required, unsupported } from "../problem.ts";
import { quantityOf } from "../quantity.ts";
import { portNameProblems, portProblems } from "./ports.ts";
import type { Rule } from "./rule.ts";

const SOURCE = "k8s.io/kubernetes v1.34.1 pkg/apis/core/validation/validation.go";

interface Pods {
  readonly at: string;
  readonly spec: Data;
}

function podsOf(object: KubernetesObject): Pods {
  const way = [...(templateWay[object.kind] ?? []), "spec"];
  return { at: way.join("."), spec: recordOf(valueAt(object, ...way)) };
}

const kinds = Object.keys(templateWay);

/** Says what is wrong with each container. */
const ofContainers =
  (check: (container: Data, at: string) => readonly Problem[]): Rule["check"] =>
  (object) => {
    const { at, spec } = podsOf(object);
    return ["initContainers", "containers"].flatMap((list) =>
      recordsOf(spec[list]).flatMap((each, index) => check(each, `${at}.${list}[${index}]`)),
    );
  };

/** A pod has a container. */
export const containersAreThere: Rule = {
  name: "containers-are-there",
  kinds,
  source: SOURCE,
  check(object) {
    const { at, spec } = podsOf(object);
    if (listOf(spec.containers).length === 0) return [required(`${at}.containers`)];
    const seen = new Set<unknown>();
    return ["initContainers", "containers"].flatMap((list) =>
      recordsOf(spec[list]).flatMap(({ name, image }, index): readonly Problem[] => {
        const here = `${at}.${list}[${index}]`;
        const isDouble = name !== undefined && seen.has(name);
        seen.add(name);
        return [
          ...(name === undefined || name === "" ? [required(`${here}.name`)] : []),
          ...(isDouble ? [duplicate(`${here}.name`, name)] : []),
          ...(image === undefined || image === "" ? [required(`${here}.image`)] : []),
        ];
      }),
    );
  },
};

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_LENGTH = 63;

/** Containers of a pod have names of their own. */
export const containerNames: Rule = {
  name: "container-names",
  kinds,
  source: SOURCE,
  check: ofContainers(({ name }, at) => {
    if (typeof name !== "string" || name === "" || (LABEL.test(name) && name.length <= LABEL_LENGTH)) return [];
    return [
      invalid(
        `${at}.name`,
        name,
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character, in at most 63 of them",
      ),
    ];
  }),
};

/** Ports of a pod are ports, and their names are told apart. */
export const containerPorts: Rule = {
  name: "container-ports",
  kinds,
  source: SOURCE,
  check: ofContainers(({ ports }, at) => {
    const names = recordsOf(ports).map(({ name }) => name);
    return recordsOf(ports).flatMap(({ containerPort, name }, index) => {
      const here = `${at}.ports[${index}]`;
      const bad = typeof name === "string" && name !== "" ? portNameProblems(name, `${here}.name`) : [];
      const isDouble = bad.length === 0 && name !== undefined && names.indexOf(name) < index;
      return [
        ...bad,
        ...(isDouble ? [duplicate(`${here}.name`, name)] : []),
        ...(containerPort === undefined || containerPort === 0
          ? [required(`${here}.containerPort`)]
          : portProblems(containerPort, `${here}.containerPort`)),
      ];
    });
  }),
};

/** What is asked for is an amount, and not more than the limit. */
export const resources: Rule = {
  name: "resources",
  kinds,
  source: SOURCE,
  check: ofContainers((container, at) => {
    const { requests, limits } = recordOf(container.resources);
    const quantities = (given: unknown, field: string): readonly Problem[] =>
      Object.entries(recordOf(given)).flatMap(([name, value]) => {
        const amount = quantityOf(value);
        if (amount === undefined)
          return [
            invalid(
              `${at}.resources.${field}[${name}]`,
              value,
              "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            ),
          ];
        return amount < 0
          ? [invalid(`${at}.resources.${field}[${name}]`, value, "must be greater than or equal to 0")]
          : [];
      });
    const above = Object.entries(recordOf(requests)).flatMap(([name, value]) => {
      const [asked, most] = [quantityOf(value), quantityOf(recordOf(limits)[name])];
      return asked !== undefined && most !== undefined && asked > most
        ? [
            invalid(
              `${at}.resources.requests`,
              value,
              `must be less than or equal to ${name} limit of ${String(recordOf(limits)[name])}`,
            ),
          ]
        : [];
    });
    return [...quantities(limits, "limits"), ...quantities(requests, "requests"), ...above];
  }),
};

/** What is mounted is a volume of the pod, each at a place of its own. */
export const volumeMounts: Rule = {
  name: "volume-mounts",
  kinds,
  source: SOURCE,
  check(object) {
    const { at, spec } = podsOf(object);
    const there = new Set(recordsOf(spec.volumes).map(({ name }) => name));
    return recordsOf(spec.containers).flatMap(({ volumeMounts: mounts }, index) =>
      recordsOf(mounts).flatMap(({ name }, mount): readonly Problem[] =>
        there.has(name)
          ? []
          : [
              {
                field: `${at}.containers[${index}].volumeMounts[${mount}].name`,
                reason: "FieldValueInvalid",
                message: `Not found: ${JSON.stringify(name)}`,
              },
            ],
      ),
    );
  },
};

/** A probe asks in one way, and its times are possible. */
export const probes: Rule = {
  name: "probes",
  kinds,
  source: SOURCE,
  check: ofContainers((container, at) =>
    ["livenessProbe", "readinessProbe", "startupProbe"].flatMap((name) => {
      const probe = container[name];
      if (!isRecord(probe)) return [];
      const ways = ["httpGet", "tcpSocket", "exec", "grpc"].filter((way) => isRecord(probe[way]));
      const problems: Problem[] = [];
      if (ways.length === 0) problems.push(required(`${at}.${name}`, "must specify a handler type"));
      if (ways.length > 1)
        problems.push({
          field: `${at}.${name}.${ways[1]}`,
          reason: "FieldValueForbidden",
          message: "Forbidden: may not specify more than 1 handler type",
        });
      if (name !== "readinessProbe" && typeof probe.successThreshold === "number" && probe.successThreshold !== 1) {
        problems.push(invalid(`${at}.${name}.successThreshold`, probe.successThreshold, "must be 1"));
      }
      return problems;
    }),
  ),
};

const POLICIES: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["Always"],
  Job: ["OnFailure", "Never"],
  CronJob: ["OnFailure", "Never"],
};

/** A pod is started again as its kind of workload asks. */
export const restartPolicy: Rule = {
  name: "restart-policy",
  kinds,
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/{apps,batch}/validation",
  check(object) {
    const { at, spec } = podsOf(object);
    const allowed = POLICIES[object.kind] ?? [];
    if (allowed.includes(String(spec.restartPolicy))) return [];
    return [
      object.kind === "Deployment" || spec.restartPolicy !== "Always"
        ? unsupported(`${at}.restartPolicy`, spec.restartPolicy, allowed)
        : unsupported(`${at}.restartPolicy`, spec.restartPolicy, allowed),
    ];
  },
};
