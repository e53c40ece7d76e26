import type { z } from "zod";
import { scalar } from "../../../release/scalars.ts";

// The scalars that only a cluster knows, in the forms that its API server takes.

/** An image by its digest: a tag may be another image tomorrow. */
export const image = (example: string): z.ZodType<string, string> =>
  scalar(
    {
      allowed: "an image with its digest: registry/repository@sha256: and 64 lower-case hex digits",
      example: `"${example}"`,
      cure: "Ask the registry for the digest of the tag, for example: crane digest IMAGE:TAG, and write IMAGE@sha256:…",
    },
    /^[a-z0-9][a-zA-Z0-9._:/-]*@sha256:[0-9a-f]{64}$/,
    { length: 400 },
  );

/** The name of an object: a host name in lower case. */
export const objectName = (example: string): z.ZodType<string, string> =>
  scalar(
    {
      allowed: "the name of an object: lower-case letters, digits, hyphens and dots, at most 253 characters",
      example: `"${example}"`,
    },
    /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
    { length: 253 },
  );

/** A host that clients call, also with a wildcard in front. */
export const host: z.ZodType<string, string> = scalar(
  {
    allowed: 'a host name in lower case, such as sentiment.example.com; "*." may stand in front',
    example: '"sentiment.example.com"',
    suggest: (seen) =>
      seen
        .trim()
        .toLowerCase()
        .replace(/^https?:\/\/([^/:]+).*$/, "$1"),
  },
  /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
  { length: 253 },
);

/** A path of HTTP. */
export const httpPath = (example: string): z.ZodType<string, string> =>
  scalar({ allowed: "a path that begins with a slash", example: `"${example}"` }, /^\/\S*$/);

/** An amount of CPU, memory or devices. */
export const quantity = (example: string): z.ZodType<string, string> =>
  scalar(
    { allowed: 'a quantity as Kubernetes writes it, such as "500m", "2" or "4Gi"', example: `"${example}"` },
    /^(?:0|[1-9]\d{0,8})(?:\.\d{1,3})?(?:m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
  );

/** A number above 0. */
export const amount = (example: string): z.ZodType<string, string> =>
  scalar(
    { allowed: 'a positive number, such as "50" or "0.5"', example: `"${example}"` },
    /^(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?$/,
    { holds: (value) => Number(value) > 0 },
  );

/** The key of a label or an annotation, or a taint. */
export const labelKey: z.ZodType<string, string> = scalar(
  {
    allowed: "a name of at most 63 letters, digits, -, _ and ., with a domain and a slash in front where it has one",
    example: '"example.com/team"',
  },
  /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  { length: 316 },
);

/** The value of a label. */
export const labelValue: z.ZodType<string, string> = scalar(
  { allowed: "at most 63 letters, digits, -, _ and ., or nothing", example: '"nlp"' },
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?$/,
  { length: 63 },
);

/** The value of an annotation, an argument or a variable: any text. */
export const anyText: z.ZodType<string, string> = scalar(
  { allowed: "a text of at most 4,000 characters", example: '"yes"' },
  /^[^\0]*$/,
  { length: 4_000 },
);

/** The name of an environment variable. */
export const variableName: z.ZodType<string, string> = scalar(
  { allowed: "the name of an environment variable: letters, digits and _", example: '"LOG_LEVEL"' },
  /^[A-Za-z_][A-Za-z0-9_]*$/,
);
