import { invalid, type Problem } from "../problem.ts";

const LAST_PORT = 65_535;
/** Whether something is a port. */
export const isPort = (value: unknown): boolean => typeof value === "number" && value >= 1 && value <= LAST_PORT;
/** What is said of a number that is none. */
export const PORT_WORDS = "must be between 1 and 65535, inclusive";

const LONGEST_NAME = 15;

/** What a port's name may not be. Source: k8s.io/apimachinery v0.34.1 pkg/util/validation (IsValidPortName) */
export function portNameProblems(name: string, at: string): readonly Problem[] {
  const faults: readonly (readonly [isFault: boolean, words: string])[] = [
    [name.length > LONGEST_NAME, `must be no more than ${LONGEST_NAME} characters`],
    [!/^[-a-z0-9]+$/.test(name), "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"],
    [!/[a-z]/.test(name), "must contain at least one letter (a-z)"],
    [name.includes("--"), "must not contain consecutive hyphens"],
    [name.startsWith("-") || name.endsWith("-"), "must not begin or end with a hyphen"],
  ];
  return faults.filter(([isFault]) => isFault).map(([, words]) => invalid(at, name, words));
}

/** What a port by number or by name may not be. */
export const portProblems = (port: unknown, at: string): readonly Problem[] =>
  typeof port === "string" ? portNameProblems(port, at) : isPort(port) ? [] : [invalid(at, port ?? 0, PORT_WORDS)];
