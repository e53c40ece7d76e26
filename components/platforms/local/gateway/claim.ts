import { z } from "zod";
import { readJsonIfSound, writeJsonAtomic } from "../../../host/atomic-file.ts";
import { identify } from "../../../host/process-identity.ts";
import type { GatewayArguments } from "./arguments.ts";

/** Which process is the gateway of an endpoint: `gateway.json`. */
export interface GatewayClaim {
  readonly pid: number;
  readonly startTime: string;
  readonly instance: string;
  readonly port: number;
  readonly adminPort: number;
  /** RFC 3339; for people. */
  readonly startedAt?: string;
}

/** From here on this process decides; one that it replaces sees so before it decides anything more. */
export function claimGateway(path: string, { instance, port, adminPort }: GatewayArguments): void {
  const startTime = identify(process.pid)?.startTime ?? "";
  const startedAt = new Date().toISOString();
  const claim: GatewayClaim = { pid: process.pid, startTime, instance, port, adminPort, startedAt };
  writeJsonAtomic(path, claim);
}

/** Which process decides; undefined when none has claimed it, or the claim cannot be read. */
export const readClaim = (path: string): GatewayClaim | undefined => readJsonIfSound(path, claimSchema);

const claimSchema: z.ZodType<GatewayClaim> = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  instance: z.string(),
  port: z.int(),
  adminPort: z.int(),
  startedAt: z.string().exactOptional(),
});

/** Without its process the ports of a claim are anybody's. */
export const isAliveClaimant = ({ pid, startTime }: GatewayClaim): boolean => identify(pid)?.startTime === startTime;

/** True while no other process has taken over. */
export const holdsClaim = (path: string): boolean => (readClaim(path)?.pid ?? process.pid) === process.pid;
