import type { Division } from "../../../rollout/index.ts";
import { WHOLE } from "../../../traffic/ladder.ts";

/** How a route divides traffic. */
export interface Split {
  /** Basis points by version, without those that get nothing; they sum to 10,000. */
  readonly shares: Readonly<Record<string, number>>;
  /** The version that gets a copy of every request, and answers nobody. */
  readonly mirrored?: string;
}

/** How traffic is to be divided, as a route says it. */
export function splitOf({ plan: { candidate }, stable, weight, shadowing }: Division): Split {
  const tried = candidate === undefined || candidate === stable ? undefined : candidate;
  const part = tried === undefined ? 0 : weight;
  return {
    shares: {
      ...(part < WHOLE && { [stable]: WHOLE - part }),
      ...(tried !== undefined && part > 0 && { [tried]: part }),
    },
    ...(shadowing && tried !== undefined && { mirrored: tried }),
  };
}

/** A version's part, in basis points. */
export const shareIn = ({ shares }: Split, version: string): number => shares[version] ?? 0;

/** The two divide traffic alike. */
export const isAlike = (a: Split, b: Split): boolean =>
  a.mirrored === b.mirrored &&
  [...new Set([...Object.keys(a.shares), ...Object.keys(b.shares)])].every(
    (version) => Math.abs(shareIn(a, version) - shareIn(b, version)) <= 0.5,
  );

/** Who gets how much, in words. */
export const describeSplit = ({ shares }: Split): string =>
  Object.entries(shares)
    .map(([version, share]) => `${version} ${Math.round(share) / 100} %`)
    .join(", ");
