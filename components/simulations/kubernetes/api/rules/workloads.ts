import { type Data, isRecord, recordOf, recordsOf, valueAt } from "../object.ts";
import { forbidden, invalid, type Problem, required } from "../problem.ts";
import { quantityOf } from "../quantity.ts";
import type { Rule } from "./rule.ts";

const selects = (selector: Data, labels: Data): boolean =>
  Object.entries(recordOf(selector.matchLabels)).every(([key, value]) => labels[key] === value);

const notSelected = (labels: Data): Problem =>
  invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");

/** A Deployment, or a Job, selects its own pods. */
export const selectorMatches: Rule = {
  name: "selector-matches",
  kinds: ["Deployment", "Job"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/{apps,batch}/validation (ValidateDeploymentSpec, ValidateJobSpec)",
  check(object) {
    const selector = recordOf(valueAt(object, "spec", "selector"));
    const labels = recordOf(valueAt(object, "spec", "template", "metadata", "labels"));
    if (Object.keys(selector).length === 0) {
      // What is missing selects nothing, and what is empty everything.
      return isRecord(valueAt(object, "spec", "selector"))
        ? [invalid("spec.selector", {}, "empty selector is invalid for deployment")]
        : [required("spec.selector"), notSelected(labels)];
    }
    return selects(selector, labels) ? [] : [notSelected(labels)];
  },
};

const NOT_NEGATIVE: readonly (readonly string[])[] = [
  ["spec", "replicas"],
  ["spec", "minReadySeconds"],
  ["spec", "revisionHistoryLimit"],
  ["spec", "parallelism"],
  ["spec", "completions"],
  ["spec", "backoffLimit"],
  ["spec", "activeDeadlineSeconds"],
  ["spec", "ttlSecondsAfterFinished"],
];

/** Numbers of pods and of seconds are not below 0. */
export const notNegative: Rule = {
  name: "not-negative",
  kinds: ["Deployment", "Job", "CronJob"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/{apps,batch}/validation (ValidateNonnegativeField)",
  check: (object) =>
    NOT_NEGATIVE.flatMap((way) => {
      const value = valueAt(object, ...way);
      return typeof value === "number" && value < 0
        ? [invalid(way.join("."), value, "must be greater than or equal to 0")]
        : [];
    }),
};

const PERCENT = /^[0-9]+%$/;

/** What a number or a share in per cent may not be. Source: pkg/apis/apps/validation (ValidatePositiveIntOrPercent) */
function shareProblems(value: unknown, at: string): readonly Problem[] {
  if (typeof value === "number") return value < 0 ? [invalid(at, value, "must be greater than or equal to 0")] : [];
  return value === undefined || PERCENT.test(String(value))
    ? []
    : [invalid(at, value, "a valid percent string must be a numeric string followed by an ending '%'")];
}

/** A share is not above the whole. Source: pkg/apis/apps/validation (IsNotMoreThan100Percent) */
const wholeProblems = (value: unknown, at: string): readonly Problem[] =>
  PERCENT.test(String(value)) && Number.parseInt(String(value), 10) > 100
    ? [invalid(at, value, "must not be greater than 100%")]
    : [];

/** A Deployment may take away, or add, at least one pod at a time. */
export const strategy: Rule = {
  name: "strategy",
  kinds: ["Deployment"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/apps/validation (ValidateRollingUpdateDeployment)",
  check(object) {
    const { type, rollingUpdate } = recordOf(valueAt(object, "spec", "strategy"));
    if (type === "Recreate" && rollingUpdate !== undefined) {
      return [
        {
          field: "spec.strategy.rollingUpdate",
          reason: "FieldValueForbidden",
          message: "Forbidden: may not be specified when strategy `type` is 'Recreate'",
        },
      ];
    }
    const { maxUnavailable, maxSurge } = recordOf(rollingUpdate);
    const at = "spec.strategy.rollingUpdate";
    const isNone = (value: unknown): boolean => value === 0 || value === "0%";
    return [
      ...shareProblems(maxUnavailable, `${at}.maxUnavailable`),
      ...wholeProblems(maxUnavailable, `${at}.maxUnavailable`),
      ...shareProblems(maxSurge, `${at}.maxSurge`),
      ...(isNone(maxUnavailable) && isNone(maxSurge)
        ? [invalid(`${at}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0")]
        : []),
    ];
  },
};

/** An autoscaler has room between its bounds. */
export const scalerBounds: Rule = {
  name: "scaler-bounds",
  kinds: ["HorizontalPodAutoscaler"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/autoscaling/validation",
  check(object): readonly Problem[] {
    const { minReplicas = 1, maxReplicas, scaleTargetRef, metrics } = recordOf(object.spec);
    const [least, most] = [Number(minReplicas), Number(maxReplicas ?? 0)];
    const target = recordOf(scaleTargetRef);
    return [
      ...(least < 1 ? [invalid("spec.minReplicas", least, "must be greater than or equal to 1")] : []),
      ...(most < 1 ? [invalid("spec.maxReplicas", most, "must be greater than 0")] : []),
      ...(most < least ? [invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")] : []),
      ...["kind", "name"].flatMap((field) =>
        target[field] === undefined || target[field] === "" ? [required(`spec.scaleTargetRef.${field}`)] : [],
      ),
      ...(String(target.apiVersion ?? "").includes("/")
        ? []
        : [invalid("spec.scaleTargetRef.apiVersion", target.apiVersion ?? "", "apiVersion must specify API group")]),
      ...(least === 0 && !recordsOf(metrics).some(({ type }) => type === "Object" || type === "External")
        ? [
            forbidden(
              "spec.metrics",
              "must specify at least one Object or External metric to support scaling to zero replicas",
            ),
          ]
        : []),
    ];
  },
};

/** A budget of disruptions names what may go or what stays, a number or a share, and not both. */
export const disruptionBounds: Rule = {
  name: "disruption-bounds",
  kinds: ["PodDisruptionBudget"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/policy/validation",
  check(object) {
    const { minAvailable, maxUnavailable } = recordOf(object.spec);
    const bounds = Object.entries({ minAvailable, maxUnavailable });
    return [
      ...(minAvailable !== undefined && maxUnavailable !== undefined
        ? [invalid("spec", {}, "minAvailable and maxUnavailable cannot be both set")]
        : []),
      ...bounds.flatMap(([field, value]) => [
        ...shareProblems(value, `spec.${field}`),
        ...wholeProblems(value, `spec.${field}`),
      ]),
    ];
  },
};

const FIELD = String.raw`(\*|[0-9]+|[A-Za-z]{3})(-([0-9]+|[A-Za-z]{3}))?(\/[0-9]+)?`;
const SCHEDULE = new RegExp(
  String.raw`^(@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)|(${FIELD}(,${FIELD})*|\?)( +(${FIELD}(,${FIELD})*|\?)){4})$`,
);

/** A CronJob has a time to run at. */
export const schedule: Rule = {
  name: "schedule",
  kinds: ["CronJob"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/batch/validation (validateScheduleFormat), github.com/robfig/cron/v3",
  check(object) {
    const given = valueAt(object, "spec", "schedule");
    if (given === undefined || given === "") return [required("spec.schedule")];
    return SCHEDULE.test(String(given))
      ? []
      : [invalid("spec.schedule", given, "expected exactly 5 fields, or a descriptor such as @hourly")];
  },
};

/** A claim says how it is used and how much it asks for. */
export const claimNeeds: Rule = {
  name: "claim-needs",
  kinds: ["PersistentVolumeClaim"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/core/validation (ValidatePersistentVolumeClaimSpec)",
  check(object) {
    const modes = valueAt(object, "spec", "accessModes");
    const storage = valueAt(object, "spec", "resources", "requests", "storage");
    const amount = quantityOf(storage);
    return [
      ...(Array.isArray(modes) && modes.length > 0
        ? []
        : [required("spec.accessModes", "at least 1 access mode is required")]),
      ...(storage === undefined ? [required("spec.resources[storage]")] : []),
      ...(storage !== undefined && amount !== undefined && amount <= 0
        ? [invalid("spec.resources[storage]", storage, "must be greater than zero")]
        : []),
    ];
  },
};

/** A Role says what may be done, and a binding to whom. */
export const roleNeeds: Rule = {
  name: "role-needs",
  kinds: ["Role", "RoleBinding"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/rbac/validation",
  check(object) {
    if (object.kind === "Role") {
      return recordsOf(object.rules).flatMap(({ verbs, apiGroups, resources }, index) => {
        const isEmpty = (value: unknown): boolean => !Array.isArray(value) || value.length === 0;
        return [
          ...(isEmpty(verbs) ? [required(`rules[${index}].verbs`, "verbs must contain at least one value")] : []),
          ...(isEmpty(apiGroups)
            ? [required(`rules[${index}].apiGroups`, "resource rules must supply at least one api group")]
            : []),
          ...(isEmpty(resources)
            ? [required(`rules[${index}].resources`, "resource rules must supply at least one resource")]
            : []),
        ];
      });
    }
    const { kind, name } = recordOf(object.roleRef);
    return [
      ...(kind === "Role" || kind === "ClusterRole"
        ? []
        : [
            {
              field: "roleRef.kind",
              reason: "FieldValueNotSupported" as const,
              message: `Unsupported value: ${JSON.stringify(kind ?? "")}: supported values: "Role", "ClusterRole"`,
            },
          ]),
      ...(name === undefined || name === "" ? [required("roleRef.name")] : []),
    ];
  },
};
