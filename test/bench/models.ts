/** `npm run bench:models`: imported models against the libraries that trained them. `-- --write` also writes docs/benchmarks.md. */
import { compareAll } from "../models/libraries/compare.ts";
import { figure } from "./figure.ts";
import { Report } from "./report.ts";

const report = new Report("models");
await report.take("formats-equal", async () => {
  const compared = [...(await compareAll(1000))];
  const rows = compared.reduce((sum, [, each]) => sum + each.rows, 0);
  const labels = compared.reduce((sum, [, each]) => sum + each.labelsThatDiffer, 0);
  const worst = compared.reduce((most, [, each]) => Math.max(most, each.worst), 0);
  const of = `${compared.length} models: ${compared.map(([name]) => name).join(", ")}`;
  return [
    figure("formats-equal-rows", rows, "rows", { atLeast: 20_000 }, of),
    figure("formats-equal-labels", labels, "labels", { atMost: 0 }, "that differ from the library's"),
    figure(
      "formats-equal-score",
      worst,
      "",
      { atMost: 1e-6 },
      "the worst difference of a number, as a share of it beyond 1",
    ),
  ];
});
report.end();
