import * as pulumi from "@pulumi/pulumi";

const { specialSigKey, specialSecretSig, unknownValue } = pulumi.runtime;

/** Inputs or state of any kind, as plain data. */
export type Properties = Readonly<Record<string, unknown>>;

/** Properties without the marks of secrets, and which of them were secret. */
export interface Unsealed {
  readonly values: Properties;
  /** Names of the properties that are a secret, or hold one somewhere inside. */
  readonly secret: ReadonlySet<string>;
}

/**
 * Takes the marks of secrets out, at every depth. The SDK hands a secret over as an object with a signature and a
 * `value`; assets and references to resources have a signature of their own and stay as they are.
 */
export function unsealed(handed: Properties): Unsealed {
  const secret = new Set(Object.keys(handed).filter((key) => holdsSecret(handed[key])));
  return { values: secret.size === 0 ? handed : contentsOf(handed), secret };
}

/** Marks these of the properties as secret, as a whole: the engine encrypts them in its state and shows `[secret]`. */
export const sealed = (values: object, secret: Iterable<string>): Properties => {
  const names = new Set(secret);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      names.has(key) && value !== undefined ? { [specialSigKey]: specialSecretSig, value } : value,
    ]),
  );
};

/** The properties of which everything is known: in a preview, what another resource will say is not. */
export const knownPart = (values: Properties): Properties =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => !holdsUnknown(value)));

/** True when some value in it is not known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  return insideOf(value).some(holdsUnknown);
}

function holdsSecret(value: unknown): boolean {
  return isSecret(value) || insideOf(value).some(holdsSecret);
}

function contentOf(value: unknown): unknown {
  if (isSecret(value)) return contentOf(value.value);
  if (Array.isArray(value)) return value.map(contentOf);
  return isObject(value) ? contentsOf(value) : value;
}

const contentsOf = (values: Properties): Properties =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, contentOf(value)]));

const insideOf = (value: unknown): readonly unknown[] => (isObject(value) ? Object.values(value) : []);

const isSecret = (value: unknown): value is { readonly value: unknown } =>
  isObject(value) && value[specialSigKey] === specialSecretSig;

const isObject = (value: unknown): value is Properties => typeof value === "object" && value !== null;
