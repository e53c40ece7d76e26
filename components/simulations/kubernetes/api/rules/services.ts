import { recordOf, recordsOf } from "../object.ts";
import { duplicate, invalid, type Problem, required } from "../problem.ts";
import { portProblems } from "./ports.ts";
import type { Rule } from "./rule.ts";

const SOURCE = "k8s.io/kubernetes v1.34.1 pkg/apis/core/validation/validation.go";

/** A Service has ports, each told apart by name and number. */
export const servicePorts: Rule = {
  name: "service-ports",
  kinds: ["Service"],
  source: SOURCE,
  check(object): readonly Problem[] {
    const spec = recordOf(object.spec);
    const ports = recordsOf(spec.ports);
    if (ports.length === 0)
      return spec.type === "ExternalName" || spec.clusterIP === "None" ? [] : [required("spec.ports")];
    const seen = new Set<string>();
    const names = new Set<unknown>();
    return ports.flatMap(({ port, protocol, name, targetPort }, index): readonly Problem[] => {
      const at = `spec.ports[${index}]`;
      const key = `${String(protocol)} ${String(port)}`;
      const isDouble = seen.has(key);
      seen.add(key);
      const isDoubleName = name !== undefined && names.has(name);
      names.add(name);
      return [
        ...portProblems(port, `${at}.port`),
        ...portProblems(targetPort, `${at}.targetPort`),
        ...(ports.length > 1 && (name === undefined || name === "") ? [required(`${at}.name`)] : []),
        ...(isDoubleName ? [duplicate(`${at}.name`, name)] : []),
        ...(isDouble ? [duplicate(at, { port, protocol })] : []),
      ];
    });
  },
};

/** A Service that stands for a name outside has one. */
export const externalName: Rule = {
  name: "external-name",
  kinds: ["Service"],
  source: SOURCE,
  check(object) {
    const { type, externalName: name } = recordOf(object.spec);
    return type === "ExternalName" && (name === undefined || name === "") ? [required("spec.externalName")] : [];
  },
};

const EVENT_FIELDS = ["eventTime", "reportingController", "reportingInstance", "action", "reason"];

/** An event says who tells it, when, and about what. */
export const eventNeeds: Rule = {
  name: "event-needs",
  kinds: ["Event"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/core/validation/events.go",
  check(object) {
    if (object.apiVersion !== "events.k8s.io/v1") return [];
    const missing = EVENT_FIELDS.filter((field) => object[field] === undefined || object[field] === "");
    return [
      ...missing.map((field) => required(field)),
      ...(["Normal", "Warning"].includes(String(object.type))
        ? []
        : [invalid("type", object.type ?? "", "has invalid value: must be Normal or Warning")]),
    ];
  },
};
