import { type KubernetesObject, recordOf } from "../object.ts";
import { invalid, type Problem, required, tooLong } from "../problem.ts";
import type { Rule } from "./rule.ts";

const SOURCE = "k8s.io/kubernetes v1.34.1 pkg/apis/core/validation/validation.go";

const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_LENGTH = 253;
const MOST_BYTES = 1024 * 1024;

/** Keys of a ConfigMap or Secret can be the names of files, and stand once. */
export const contentKeys: Rule = {
  name: "content-keys",
  kinds: ["ConfigMap", "Secret"],
  source: SOURCE,
  check: (object) =>
    ["data", "binaryData"].flatMap((field) =>
      Object.keys(recordOf(object[field])).flatMap((key): readonly Problem[] => [
        ...(field === "data" && key in recordOf(object.binaryData)
          ? [invalid(`data[${key}]`, key, "duplicate of key present in binaryData")]
          : []),
        ...(KEY.test(key) && key.length <= KEY_LENGTH && key !== "." && key !== ".."
          ? []
          : [
              invalid(
                `${field}[${key}]`,
                key,
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
              ),
            ]),
      ]),
    ),
};

/** A ConfigMap or Secret has a limit. */
export const contentSize: Rule = {
  name: "content-size",
  kinds: ["ConfigMap", "Secret"],
  source: `${SOURCE} (MaxSecretSize: 1 MiB)`,
  check(object) {
    const text = Object.values(recordOf(object.data)).reduce<number>(
      (sum, value) => sum + sizeOf(value, object.kind === "Secret"),
      0,
    );
    const binary = Object.values(recordOf(object.binaryData)).reduce<number>(
      (sum, value) => sum + sizeOf(value, true),
      0,
    );
    if (text + binary <= MOST_BYTES) return [];
    return [tooLong(object.kind === "Secret" ? "data" : "[]", MOST_BYTES)];
  },
};

const sizeOf = (value: unknown, isBase64: boolean): number =>
  isBase64 ? Buffer.from(String(value), "base64").length : Buffer.byteLength(String(value));

/** Keys without which a Secret is not of its type; of basic-auth, one of them is enough. */
const KEYS_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/basic-auth": ["username", "password"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

/** A Secret of a type that Kubernetes knows has the keys of it. */
export const secretKeys: Rule = {
  name: "secret-keys",
  kinds: ["Secret"],
  source: `${SOURCE} (ValidateSecret)`,
  check({ type, data }: KubernetesObject) {
    const keys = KEYS_OF_TYPE[String(type)] ?? [];
    const missing = keys.filter((key) => !(key in recordOf(data)));
    const isEnough = type === "kubernetes.io/basic-auth" && missing.length < keys.length;
    return isEnough ? [] : missing.map((key) => required(`data[${key}]`));
  },
};
