export const sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/** A valid document with every section, anew for each caller to spoil. */
export function exampleRelease(): Record<string, unknown> {
  return {
    model: { name: "sentiment", owner: "nlp-platform", riskTier: "low" },
    platform: { kind: "local" },
    versions: {
      v1: { source: { kind: "path", path: "models/v1", sha256 } },
      v2: {
        source: { kind: "path", path: "models/v2", sha256 },
        checks: { golden: "models/v2/golden.jsonl", floor: { accuracy: "0.80" }, latency: "50 ms" },
      },
      v3: { source: { kind: "path", path: "models/v3", sha256 } },
    },
    rollout: {
      stable: "v1",
      candidate: "v2",
      weight: "50%",
      steps: ["shadow", "5%", "50%"],
      guards: [{ metric: "errorRate", margin: "0.5pp" }],
    },
    retirement: { v3: { phase: "deprecated", sunset: "2027-05-31T00:00:00Z", successor: "v1" } },
    consumers: [{ name: "checkout", contact: "checkout-team@example.com", versions: ["v1"] }],
  };
}

/** Puts a value at a path of a document, or takes it out when it is undefined. Without a path the value is the document. */
export function edited(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (Array.isArray(document)) {
    const items: unknown[] = [...document];
    items[Number(head)] = edited(items[Number(head)], rest, value);
    return items;
  }
  const { [head]: old, ...others } = document as Record<string, unknown>;
  const changed = edited(old, rest, value);
  return changed === undefined ? others : { ...others, [head]: changed };
}
