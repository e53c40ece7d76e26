import { parseArgs } from "node:util";
import type { Target } from "./world.ts";

/** What a controller is told when it is started. */
export interface Arguments {
  readonly routes: readonly Target[];
  /** Address of the API server; absent: that of the cluster that the process runs in. */
  readonly server?: string;
  /** File with the token for that server. */
  readonly tokenFile?: string;
  /** File with the authorities that are believed for that server, as PEM. */
  readonly caFile?: string;
  /** Where it says how it is. @default 8080 */
  readonly port: number;
  /** Between the beginnings of two rounds, in ms. @default 1,000 */
  readonly everyMs: number;
}

/** Arguments that cannot be used, with everything that is wrong. */
export class ArgumentsError extends Error {}

const options = {
  route: { type: "string", multiple: true },
  server: { type: "string" },
  "token-file": { type: "string" },
  "ca-file": { type: "string" },
  port: { type: "string" },
  every: { type: "string" },
} as const;

/** Reads the command line. @throws ArgumentsError */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parse(args);
  const problems: string[] = [];
  const routes = (values.route ?? []).flatMap((text) => {
    const [namespace, name, ...more] = text.split("/");
    if (namespace && name && more.length === 0) return [{ namespace, name }];
    problems.push(`--route: saw ${JSON.stringify(text)}; allowed is NAMESPACE/NAME`);
    return [];
  });
  if (values.route === undefined) problems.push("--route: saw none; allowed is NAMESPACE/NAME, once or more");
  const number = (name: "port" | "every", least: number, most: number, otherwise: number): number => {
    const value = Number(values[name] ?? otherwise);
    if (!(value >= least && value <= most))
      problems.push(`--${name}: saw ${values[name]}; allowed is ${least} to ${most}`);
    return value;
  };
  const [port, everyMs] = [number("port", 0, 65_535, 8_080), number("every", 0.05, 3_600, 1) * 1000];
  if (problems.length > 0) throw new ArgumentsError(problems.join("\n"));
  const { server, "token-file": tokenFile, "ca-file": caFile } = values;
  return {
    ...{ routes, port, everyMs },
    ...(server !== undefined && { server }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(caFile !== undefined && { caFile }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true });
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}
