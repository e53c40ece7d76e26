import { expect, test } from "vitest";
import { figure } from "../bench/figure.ts";
import { renderSection } from "../bench/report.ts";

const lost = figure("lost", 0, "requests", { atMost: 0 }, "of 10");
const split = figure("split, 5 %", 0.2, "points", { atMost: 0.1 }, "of 20");

const whole = `Commit \`a\`, 2 cores.

figure | value | bar | | how
--- | --- | --- | --- | ---
\`lost\` | 0 requests | <= 0 | holds | of 10
\`split, 5 %\` | 0.2 points | <= 0.1 | **missed** | of 20
`;

test("a bench that is run as a whole writes its section anew", () => {
  expect(renderSection("Commit `a`, 2 cores.", [lost, split], "a")).toBe(whole);
});

test("figures that are taken alone replace their rows, the new ones follow, and it is said at which commit", () => {
  const again = figure("split, 5 %", 0.05, "points", { atMost: 0.1 }, "of 90");
  const memory = figure("memory", 1, "MB", { atMost: 2 }, "once");
  const once = renderSection("Commit `b`.", [again], "b", whole);
  expect(renderSection("Commit `c`.", [memory], "c", once)).toBe(`Commit \`a\`, 2 cores.

Taken later: \`split, 5 %\` at \`b\`; \`memory\` at \`c\`

figure | value | bar | | how
--- | --- | --- | --- | ---
\`lost\` | 0 requests | <= 0 | holds | of 10
\`split, 5 %\` | 0.05 points | <= 0.1 | holds | of 90
\`memory\` | 1 MB | <= 2 | holds | once
`);
});
