import type { z } from "zod";
import { scalar } from "./scalars.ts";

// The scalars of what runs as a process.

/** One word of a command line. No shell reads it. */
export const word: z.ZodType<string, string> = scalar(
  { allowed: "one word of a command line, 1 to 4096 characters; no shell reads it", example: '"python3"' },
  /^[^\0]+$/,
  { length: 4096 },
);

/** The name of an environment variable. */
export const variableName: z.ZodType<string, string> = scalar(
  {
    allowed:
      "the name of an environment variable: letters, digits and _, at most 100 characters, not beginning with MLC_",
    example: '"OMP_NUM_THREADS"',
  },
  /^(?!MLC_)[A-Za-z_][A-Za-z0-9_]*$/,
  { length: 100 },
);

/** What an environment variable holds. */
export const variableValue: z.ZodType<string, string> = scalar(
  { allowed: "a text of at most 4096 characters", example: '"1"' },
  /^[^\0]*$/,
  { length: 4096 },
);

/** A path of an HTTP server. */
export const urlPath = (example: string): z.ZodType<string, string> =>
  scalar(
    { allowed: "the path of a URL: a slash, then printable ASCII without spaces, ? and #", example: `"${example}"` },
    /^\/[!-"$->@-~]*$/,
  );

/** Where a value stands in JSON. @see https://www.rfc-editor.org/rfc/rfc6901 */
export const jsonPointer = (example: string): z.ZodType<string, string> =>
  scalar(
    { allowed: "a JSON Pointer: each key or position behind a slash", example: `"${example}"` },
    /^(?:\/[^/\0]*)*$/,
  );

const memoryPattern = /^[1-9]\d{0,5} (?:MiB|GiB)$/;

/** An amount of memory. */
export const memory: z.ZodType<string, string> = scalar(
  { allowed: "a whole number from 1 to 999999, a space and a unit: MiB or GiB", example: '"2 GiB"' },
  memoryPattern,
);

/** "2 GiB" → bytes. */
export const parseMemory = (text: string): number => Number.parseInt(text, 10) * 1024 ** (text.endsWith("GiB") ? 3 : 2);

/** A minor version of Python. */
export const pythonVersion: z.ZodType<string, string> = scalar(
  { allowed: 'a version of Python with two parts, such as "3.12"', example: '"3.12"' },
  /^3\.\d{1,2}$/,
);
