import { afterEach, expect, test } from "vitest";
import {
  documentOf,
  parseEvidence,
  renderDocument,
  renderPicture,
  verifyEvidence,
} from "../../components/evidence/index.ts";
import type { RolloutEvidence } from "../../components/rollout/index.ts";
import { fail, succeed } from "../platforms/local/gateway/fake-server.ts";
import { Bench } from "../platforms/local/gateway/harness.ts";
import { canaryPlan, errorGuard, latencyGuard } from "../support/plans.ts";

let bench: Bench;
afterEach(() => bench.stop());

test("what a gateway counted is a document in which nothing is wrong, and in which the same comes out", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 2_000 }, { guards: [errorGuard, latencyGuard] }));
  let answered = 0;
  bench.server("v2").answer = (_seen, response) => (answered++ % 4 === 0 ? fail(response) : succeed(response, "v2"));
  let done = false;
  const load = bench.load(() => done);
  await bench.until(({ rollout }) => rollout.phase === "aborted");
  done = true;
  await load;
  const text = renderDocument(documentOf((await bench.admin("/admin/evidence")).json as RolloutEvidence));
  const { document, problems } = parseEvidence(text);
  expect(problems).toEqual([]);
  if (document === undefined) throw new Error("no document");
  expect(verifyEvidence(document).fields.filter(({ same }) => !same)).toEqual([]);
  expect(document.verdict.verdict).toBe("rollback");
  expect(document.arrivals).not.toEqual([]);
  const svg = renderPicture(document);
  expect(svg).toContain("errorRate is worse than its margin allows");
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
