import { isDeepStrictEqual } from "node:util";
import { recordOf, valueAt } from "../object.ts";
import { forbidden, invalid, type Problem } from "../problem.ts";
import type { Rule } from "./rule.ts";

/** Fields that never change, by kind. Source: k8s.io/kubernetes v1.34.1, `pkg/apis/<group>/validation/validation.go`. */
const FIXED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [["spec", "selector"]],
  Job: [
    ["spec", "completions"],
    ["spec", "selector"],
    ["spec", "template"],
  ],
  Secret: [["type"]],
  RoleBinding: [["roleRef"]],
};

/** Fields that an object keeps as long as it lives. */
export const immutableFields: Rule = {
  name: "immutable-fields",
  kinds: Object.keys(FIXED),
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/{apps,batch,core,rbac}/validation",
  check(object, before) {
    if (before === undefined) return [];
    return (FIXED[object.kind] ?? [])
      .filter((way) => !isDeepStrictEqual(valueAt(object, ...way), valueAt(before, ...way)))
      .map((way) =>
        invalid(
          way.join("."),
          valueAt(object, ...way) ?? null,
          object.kind === "RoleBinding" ? "cannot change roleRef" : "field is immutable",
        ),
      );
  },
};

/** An address that a Service was given is kept. */
export const addressIsKept: Rule = {
  name: "address-is-kept",
  kinds: ["Service"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/core/validation (validateUpgradeDowngradeClusterIPs)",
  check(object, before) {
    const [was, is] = [valueAt(before, "spec", "clusterIP"), valueAt(object, "spec", "clusterIP")];
    const isOutside = valueAt(object, "spec", "type") === "ExternalName";
    return was === undefined || is === was || isOutside
      ? []
      : [invalid("spec.clusterIPs[0]", [is], "may not change once set")];
  },
};

/** A ConfigMap or Secret that says so keeps its content. */
export const immutableContent: Rule = {
  name: "immutable-content",
  kinds: ["ConfigMap", "Secret"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/core/validation (ValidateConfigMapUpdate, ValidateSecretUpdate)",
  check(object, before) {
    if (before?.immutable !== true) return [];
    const changed = ["data", "binaryData"].filter(
      (field) => !isDeepStrictEqual(object[field] ?? {}, before[field] ?? {}),
    );
    return [
      ...(object.immutable === true ? [] : [forbidden("immutable", "field is immutable when `immutable` is set")]),
      ...changed.map((field) => forbidden(field, "field is immutable when `immutable` is set")),
    ];
  },
};

/** A claim keeps what was asked for; it may only ask for more. */
export const claimIsFixed: Rule = {
  name: "claim-is-fixed",
  kinds: ["PersistentVolumeClaim"],
  source: "k8s.io/kubernetes v1.34.1 pkg/apis/core/validation (ValidatePersistentVolumeClaimUpdate)",
  check(object, before): readonly Problem[] {
    if (before === undefined) return [];
    const [now, was] = [object, before].map((each) => {
      const { resources: _resources, volumeAttributesClassName: _class, ...spec } = recordOf(each.spec);
      return spec;
    });
    // A class may be given to a claim that has none.
    const same = { storageClassName: now?.storageClassName, ...was };
    return isDeepStrictEqual({ storageClassName: undefined, ...now }, same)
      ? []
      : [
          forbidden(
            "spec",
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
          ),
        ];
  },
};
