import { parseArgs } from "node:util";

/** What a gateway process is started with. */
export interface GatewayArguments {
  readonly endpoint: string;
  readonly port: number;
  readonly adminPort: number;
  readonly instance: string;
}

/** @throws TypeError naming the argument that is missing or wrong. */
export function parseArguments(args: readonly string[]): GatewayArguments {
  const text = { type: "string" } as const;
  // `dir` follows from the endpoint; it is there for people who read a list of processes.
  const options = { dir: text, endpoint: text, port: text, "admin-port": text, instance: text };
  const { values } = parseArgs({ args: [...args], options });
  const given = (name: keyof typeof options): string => {
    const value = values[name];
    if (value === undefined || value === "") throw new TypeError(`--${name} is missing`);
    return value;
  };
  const port = (name: "port" | "admin-port"): number => {
    const value = Number(given(name));
    if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
    throw new TypeError(`--${name}: saw ${given(name)}; allowed is a port from 1 to 65535`);
  };
  return {
    endpoint: given("endpoint"),
    port: port("port"),
    adminPort: port("admin-port"),
    instance: given("instance"),
  };
}
