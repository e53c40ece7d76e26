import type { Guard } from "../../../guards/index.ts";
import type { Gateway } from "../gateways/index.ts";
import type { ServicePort } from "../route/order.ts";

/** What is to be counted of a rollout. */
export interface CountQuestion {
  readonly gateway: Gateway;
  readonly namespace: string;
  readonly model: string;
  readonly stable: { readonly version: string; readonly port: ServicePort };
  readonly candidate: { readonly version: string; readonly port: ServicePort };
  readonly guards: readonly Guard[];
  /** Of the interval: how often the share had been raised. */
  readonly step: number;
  /** The candidate answers nobody: what it gets are copies. */
  readonly shadowing: boolean;
  /**
   * The candidate's share on the route in basis points, where every request that counts was drawn by it: what was drawn is
   * held against it. Absent where nobody can tell.
   */
  readonly weight?: number | undefined;
  /** How often it is scraped, in ms. */
  readonly intervalMs: number;
  /** Matchers that narrow the series. */
  readonly selector?: string | undefined;
}
