import { expect, test } from "vitest";
import { prometheusMonitor } from "../../components/monitors/prometheus/document.ts";
import { prometheus } from "../../components/monitors/prometheus/prometheus.ts";
import { localCapabilities } from "../../components/platforms/local/data-plane/capabilities.ts";
import { checkRelease } from "../../components/release/index.ts";
import { releaseOf } from "../support/release.ts";

const problemsOf = (fields: object) =>
  checkRelease({ ...releaseOf({ pins: { v1: "1".repeat(64) } }), monitor: { kind: "prometheus", ...fields } }).map(
    ({ path, seen, allowed }) => `${path}: ${seen}; ${allowed}`,
  );

test("what the document says of Prometheus is resolved with its units", () => {
  const part = {
    kind: "prometheus",
    as: "operator",
    selectedBy: { release: "monitoring" },
    objective: "99.9%",
    runbooks: "https://runbooks.example.com/models",
  };
  expect(prometheusMonitor.read(part)).toEqual({ ...part, objective: 0.999 });
});

test.each([
  [
    "an objective that leaves nothing to spend",
    { objective: "100%" },
    'objective: "100%"; from "95%" to less than "100%", at most two decimals',
  ],
  [
    "an objective so low that no burn is fast",
    { objective: "90%" },
    'objective: "90%"; from "95%" to less than "100%", at most two decimals',
  ],
  [
    "runbooks without an address",
    { runbooks: "wiki/models" },
    'runbooks: "wiki/models"; an address that begins with http:// or https://',
  ],
  [
    "a label that a cluster refuses",
    { selectedBy: { release: "a b" } },
    'selectedBy.release: "a b"; the value of a label: letters, digits, -, _ and ., at most 63',
  ],
])("%s is refused", (_, fields, problem) => {
  expect(problemsOf(fields)).toEqual([`model-lifecycle:release.monitor.${problem}`]);
});

test("objects of an operator are refused where there is no cluster", () => {
  const keep = () => {
    throw new Error("nothing is to be kept");
  };
  const part = { kind: "prometheus", as: "operator", selectedBy: {}, objective: 0.995 } as const;
  expect(() => prometheus({ keep, capabilities: localCapabilities }, part)).toThrow(
    'monitor.as: saw "operator"; allowed is "files" on a platform that is no cluster. Leave it out',
  );
});
