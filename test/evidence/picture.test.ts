import path from "node:path";
import { describe, expect, test } from "vitest";
import { judge, METHOD } from "../../components/analysis/index.ts";
import {
  documentOf,
  type EvidenceDocument,
  parseEvidence,
  renderDocument,
  renderPicture,
} from "../../components/evidence/index.ts";
import {
  powerTicks,
  renderE,
  renderMs,
  renderShare,
  shareTicks,
  timeTicks,
} from "../../components/evidence/picture/scale.ts";
import { spread } from "../../components/evidence/picture/side-labels.ts";
import { renderSpan } from "../../components/evidence/picture/span.ts";
import { repository } from "../support/project.ts";
import { exampleDocument, settings } from "./example.ts";

const bad = exampleDocument({ fails: true });
const good = exampleDocument({ fails: false });

const docs = (file: string) => path.join(repository, "docs", file);

test("the example of docs/evidence.md and its picture are what the code makes (npx vitest run test/evidence -u)", async () => {
  await expect(renderDocument(bad)).toMatchFileSnapshot(docs("evidence-example.json"));
  await expect(renderPicture(bad)).toMatchFileSnapshot(docs("evidence-example.svg"));
});

/** The lines of text of a drawing, in their order. */
const textsIn = (svg: string) =>
  [...svg.matchAll(/<text x="([-\d.]+)" y="([-\d.]+)" class="([^"]*)">([^<]*)<\/text>/g)].map(
    ([, x, y, look = "", text = ""]) => ({
      ...{ x: Number(x), y: Number(y), look, text },
    }),
  );

describe("the verdict stands on top in words", () => {
  test("with the guard that does harm, its rates and how sure that is", () => {
    const [title, reason] = textsIn(renderPicture(bad));
    expect(title?.text).toBe("Rollback: v2 does harm");
    expect(reason?.text).toMatch(
      /^errorRate is worse than its margin allows: 1\.47 % against 0\.\d+ %; p = 0\.0012, shown after 1 h 5 min\.$/,
    );
  });
  test("with what is still needed, else", () => {
    expect(
      textsIn(renderPicture(good))
        .slice(0, 2)
        .map(({ text }) => text),
    ).toEqual(["Promote: v2 is not worse than v1", "Every guard is shown non-inferior."]);
  });
  test("and is what is judged again, not what the document states", () => {
    const lies = { ...bad, verdict: good.verdict };
    expect(renderPicture(lies)).toBe(renderPicture(bad));
  });
});

test("evidence that was read back from its file has the same picture, also where two guards counted as many units", () => {
  const guards = [
    ...settings.guards,
    { ...settings.guards[0], name: "approvalRate" } as const,
  ] as typeof settings.guards;
  const intervals = good.intervals.map((interval) => {
    const { n0, n1 } = interval.counts.errorRate ?? { n0: 0, n1: 0 };
    return { ...interval, counts: { ...interval.counts, approvalRate: { n0: n1, x0: 0, n1: n0, x1: 0 } } };
  });
  const evidence = { identity: "two", settings: { ...settings, guards }, intervals, copies: [] };
  const written = documentOf({ ...evidence, method: METHOD, verdict: judge(intervals, evidence.settings) });
  const { document } = parseEvidence(renderDocument(written));
  expect(document && renderPicture(document)).toBe(renderPicture(written));
});

test("every curve and every threshold has its name, and no two names lie on each other", () => {
  for (const svg of [renderPicture(bad), renderPicture(good)]) {
    const names = textsIn(svg).filter(({ look }) => look.startsWith("name "));
    const guards = ["errorRate", "refusalRate", "latency"];
    for (const name of [...guards, ...guards, "all together", "rolled back at 100", "one guard alone 300"]) {
      expect(names.map(({ text }) => text).filter((text) => text.startsWith(name))).not.toEqual([]);
    }
    const heights = names.map(({ y }) => y).toSorted((a, b) => a - b);
    for (const [i, y] of heights.slice(1).entries()) expect(y - (heights[i] ?? 0)).toBeGreaterThanOrEqual(15.9);
  }
});

test("it is one well-formed element that takes nothing from elsewhere, with a title and a description", () => {
  const svg = renderPicture(bad);
  const open: string[] = [];
  for (const [, end, name = "", closed] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^<>]*?(\/?)>/g)) {
    if (end) expect(open.pop()).toBe(name);
    else if (!closed) open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|@import|<script|<image|href/);
  expect(svg).toContain('role="img" aria-labelledby="mlc-title mlc-desc"');
  expect(svg).toContain('<title id="mlc-title">Rollback: v2 does harm</title>');
  expect(svg).toContain("@media (prefers-color-scheme:dark)");
});

test("a name from outside stays text", () => {
  const rename = (text: string) => text.replaceAll("errorRate", "<b onload='x'>&\u0000");
  const guards = settings.guards.map((guard) => ({ ...guard, name: rename(guard.name) }));
  const intervals = bad.intervals.map((interval) => ({
    ...interval,
    counts: Object.fromEntries(Object.entries(interval.counts).map(([name, counts]) => [rename(name), counts])),
  }));
  const named = { ...settings, guards };
  const evidence = {
    identity: "i",
    settings: named,
    method: METHOD,
    verdict: judge(intervals, named),
    intervals,
    copies: [],
  };
  const svg = renderPicture(documentOf(evidence, { identity: "i", candidate: '"]]><script>', stable: "v1" }));
  expect(svg).not.toMatch(/<b |<script|onload='/);
  expect(svg).not.toContain("\u0000");
  expect(svg).toContain("&#60;b onload=&#39;x&#39;&#62;&#38;\ufffd");
});

test.each([0, 1, 2])("a rollout of %i intervals has a picture", (count) => {
  const intervals = bad.intervals.slice(0, count);
  const document: EvidenceDocument = { ...bad, intervals };
  const svg = renderPicture(document);
  expect(svg).toContain("</svg>");
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("ten thousand seconds are drawn as no more than a picture holds", () => {
  const [first] = bad.intervals;
  const intervals = Array.from({ length: 10_000 }, (_, i) => ({
    ...first,
    at: (first?.at ?? 0) + i * 1_000,
    seconds: 1,
    counts: first?.counts ?? {},
  }));
  expect(renderPicture({ ...bad, intervals }).length).toBeLessThan(120_000);
});

const texts = (ticks: readonly { readonly text: string }[]) => ticks.map(({ text }) => text);

test.each([
  [45, ["0", "10 s", "20 s", "30 s", "40 s"]],
  [3_900, ["0", "10 min", "20 min", "30 min", "40 min", "50 min", "60 min"]],
  [28_800, ["0", "1 h", "2 h", "3 h", "4 h", "5 h", "6 h", "7 h", "8 h"]],
  [86_400 * 3, ["0", "12 h", "24 h", "36 h", "48 h", "60 h", "72 h"]],
])("%i seconds have round times", (seconds, expected) => {
  expect(texts(timeTicks(seconds))).toEqual(expected);
});

test("axes of e-values and shares have round numbers", () => {
  expect(texts(powerTicks(-5, 7))).toEqual(["0.01", "0.1", "1", "10", "100", "1000"]);
  expect(texts(powerTicks(-50, 120))).toEqual(["10⁻²⁰", "1", "10²⁰", "10⁴⁰"]);
  expect(texts(shareTicks(0.047))).toEqual(["0 %", "2 %", "4 %", "6 %"]);
  expect(texts(shareTicks(1))).toEqual(["0 %", "25 %", "50 %", "75 %", "100 %"]);
});

test("numbers are told as a person reads them", () => {
  expect([0, Math.log(20), -12 * Math.LN10, 41.2 * Math.LN10].map(renderE)).toEqual(["1", "20", "10⁻¹²", "10⁴¹"]);
  expect([0, 0.0003, 0.25].map(renderShare)).toEqual(["0 %", "0.03 %", "25 %"]);
  expect([97.5, 1_280].map(renderMs)).toEqual(["97.5 ms", "1.28 s"]);
  expect([0, 59, 3_900, 90_000, 172_800].map(renderSpan)).toEqual(["0 s", "59 s", "1 h 5 min", "1 d 1 h", "2 d"]);
});

test("labels move apart, and stay between the ends as long as there is room", () => {
  expect(spread([10, 10, 10], 0, 100)).toEqual([10, 26, 42]);
  expect(spread([98, 99, 100], 0, 100)).toEqual([68, 84, 100]);
  expect(spread([20, 80], 0, 100)).toEqual([20, 80]);
});
