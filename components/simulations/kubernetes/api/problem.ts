/** What is wrong with one field, in the API's words. */
export interface Problem {
  /** `spec.rules[0].backendRefs[1].weight`. */
  readonly field: string;
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueDuplicate"
    | "FieldValueForbidden"
    | "FieldValueTooMany"
    | "FieldValueTooLong"
    | "FieldValueTypeInvalid";
  /** Without the field in front. */
  readonly message: string;
}

const shown = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value) : (JSON.stringify(value) ?? "null");

/** A field that has to be there is not. */
export const required = (field: string, why = ""): Problem => ({
  field,
  reason: "FieldValueRequired",
  message: why === "" ? "Required value" : `Required value: ${why}`,
});

/** A field says what it may not. */
export const invalid = (field: string, value: unknown, why: string): Problem => ({
  field,
  reason: "FieldValueInvalid",
  message: `Invalid value: ${shown(value)}: ${why}`,
});

/** A field is of another type. */
export const wrongType = (field: string, value: unknown, why: string): Problem => ({
  ...invalid(field, value, why),
  reason: "FieldValueTypeInvalid",
});

/** A field has a value outside of a list. */
export const unsupported = (field: string, value: unknown, allowed: readonly unknown[]): Problem => ({
  field,
  reason: "FieldValueNotSupported",
  message: `Unsupported value: ${shown(value)}: supported values: ${allowed.map(shown).join(", ")}`,
});

/** A value stands twice where it may stand once. */
export const duplicate = (field: string, value: unknown): Problem => ({
  field,
  reason: "FieldValueDuplicate",
  message: `Duplicate value: ${shown(value)}`,
});

/** A field may not be there, or not be changed. */
export const forbidden = (field: string, why: string): Problem => ({
  field,
  reason: "FieldValueForbidden",
  message: `Forbidden: ${why}`,
});

/** A text, or a whole of texts, is too long. */
export const tooLong = (field: string, most: number): Problem => ({
  field,
  reason: "FieldValueTooLong",
  message: `Too long: may not be more than ${most} bytes`,
});

/** A list has too many items. */
export const tooMany = (field: string, seen: number, most: number): Problem => ({
  field,
  reason: "FieldValueTooMany",
  message: `Too many: ${seen}: must have at most ${most} items`,
});
