import { afterAll, describe, expect, test } from "vitest";
import { startExporter } from "../metric-sources/exporter.ts";
import { hasPrometheus, prometheusNeeded, startPrometheus } from "../metric-sources/real-prometheus.ts";
import { createCommandLine, jsonOf } from "../stacks/cli/command-line.ts";

const timers = new Set<NodeJS.Timeout>();
afterAll(() => timers.forEach(clearInterval));

describe.skipIf(!hasPrometheus)(`mlc judge --watch on a real server${prometheusNeeded}`, () => {
  test("a candidate that begins to fail is stopped while it is watched, across a restart, and the evidence verifies", async () => {
    await using line = await createCommandLine({ rollout: ["candidate: v2", 'weight: "50%"'] });
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    let ticks = 0;
    const show = (): void => {
      // It begins anew once, in the middle.
      const since = ticks < 60 ? ticks : ticks - 60;
      const [answered, failed] = [since * 40, ticks < 60 ? 0 : since * 2];
      const series = {
        'version="v1",code="200"': answered * 4,
        'version="v2",code="200"': answered,
        'version="v2",code="500"': failed,
      };
      const lines = Object.entries(series).map(
        ([labels, value]) => `model_requests_total{model="approval",${labels}} ${value}\n`,
      );
      exporter.show(`# TYPE model_requests_total counter\n${lines.join("")}`);
      ticks++;
    };
    timers.add(setInterval(show, 250));
    const options = ["--watch", "--interval", "1", "--timeout", "100", "--skip", "refusalRate"];
    const run = await line.run("judge", "--prometheus", server.url, ...options, "--out", "v2.json", "--json");
    const judged = jsonOf(run);
    expect(judged).toMatchObject({ verdict: "rollback", ended: "decided", exitCode: 3 });
    expect(judged).toMatchObject({ evidence: { culprit: { guard: "errorRate" }, guards: [{ name: "errorRate" }] } });
    expect((judged.notes as readonly { readonly kind: string }[]).map(({ kind }) => kind)).toContain("reset");
    expect(run.stderr).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}errorRate 0\/\d+ : \d+\/\d+; harm e = /m);
    expect(await line.run("evidence", "verify", "v2.json")).toMatchObject({ code: 0 });
  });
});
