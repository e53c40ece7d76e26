/** `npm run bench:models`: imported models against the libraries that trained them, what stands before a `command` server, what a killed download loses. `-- --write` also writes docs/benchmarks.md. */
import { compareAll } from "../models/libraries/compare.ts";
import { figure } from "./figure.ts";
import { benchOverhead } from "./models/overhead.ts";
import { benchResume } from "./models/resume.ts";
import { Report } from "./report.ts";

const SCORE =
  "the worst difference of a number, as a share of it beyond 1: from the library's; of graphs in 64 bits from scikit-learn's, of those in 32 from what ONNX Runtime answers in Python to the same graph";

const report = new Report("models");
await report.take("formats-equal", async () => {
  const compared = [...(await compareAll(1000))];
  const rows = compared.reduce((sum, [, each]) => sum + each.rows, 0);
  const labels = compared.reduce((sum, [, each]) => sum + each.labelsThatDiffer, 0);
  const worst = compared.reduce((most, [, each]) => Math.max(most, each.worst), 0);
  const of = `${compared.length} models: ${compared.map(([name]) => name).join(", ")}`;
  return [
    figure("formats-equal-rows", rows, "rows", { atLeast: 20_000 }, of),
    figure(
      "formats-equal-labels",
      labels,
      "labels",
      { atMost: 0 },
      "that differ from the library's; of graphs, from scikit-learn's",
    ),
    figure("formats-equal-score", worst, "", { atMost: 1e-6 }, SCORE),
  ];
});
await report.take("overhead", benchOverhead);
await report.take("killed downloads", benchResume);
report.end();
