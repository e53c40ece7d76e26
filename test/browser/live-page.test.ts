import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Verdict } from "../../components/analysis/index.ts";
import type { TrafficStatus } from "../../components/traffic/status.ts";
import { Bench } from "../platforms/local/gateway/harness.ts";
import { canaryPlan, errorGuard, latencyGuard, stablePlan } from "../support/plans.ts";
import { startChromium } from "./chromium.ts";
import { behave, good, sentimentPlan } from "./sentiment-rollout.ts";
import { addressOf, cell, faintTexts, guardCard, type Visit, versionRow, visit } from "./visit.ts";

const POLL = { timeout: 20_000, interval: 100 };
/** Where a person wants to see what the tests see. */
const pictures = process.env.LIVE_PAGE_PICTURES;

let browser: Browser;
let bench: Bench;
let visits: Visit[];

beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  visits = [];
  bench = await Bench.start();
  for (const version of bench.servers.keys()) behave(bench, version, { ...good, errors: 0 });
});

afterEach(async ({ task }) => {
  for (const [index, { page }] of visits.entries()) {
    const path = join(pictures ?? "", `${task.name.replaceAll(/\W+/g, "-")}-${index}.png`);
    if (pictures !== undefined) await page.screenshot({ path, fullPage: true });
  }
  const foreign = visits.flatMap(({ asked }) => asked).filter((url) => !url.startsWith(addressOf(bench)));
  const complaints = visits.flatMap((each) => each.complaints).filter((text) => !text.startsWith("Failed to load"));
  for (const { close } of visits) await close();
  await bench.stop();
  expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] });
});

async function look(options: Parameters<typeof visit>[2] = {}): Promise<Page> {
  const visited = await visit(browser, bench, options);
  visits.push(visited);
  return visited.page;
}

const requestsOf = async (version: string): Promise<number> => (await bench.status()).requests[version]?.requests ?? 0;
const send = (requests: number) => bench.load((sent) => sent >= requests, 8);
const evidenceOf = ({ rollout }: TrafficStatus): Verdict["evidence"] => (rollout.verdict as Verdict).evidence;
const post = (path: string, body: unknown) =>
  bench.admin(path, {
    method: "POST",
    headers: { authorization: `Bearer ${bench.token}` },
    body: JSON.stringify(body),
  });
const number = (text: string): number => Number(text.replaceAll(",", "").split(" ")[0]);
const threeDigits = (log: number): string => String(Number(Math.exp(log).toPrecision(3)));

test("who answers: shares, roles and counts are the gateway's, and rise with the traffic", async () => {
  await bench.accepted(canaryPlan({ weight: 2_000 }));
  const page = await look();
  await page.getByRole("heading", { name: "v2 answers 20 % of the requests" }).waitFor();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("sentiment");
  expect(await page.getByRole("img", { name: "v1 80 %, v2 20 %" }).isVisible()).toBe(true);
  expect([await cell(page, "v1", "Role"), await cell(page, "v2", "Role")]).toEqual(["stable", "candidate"]);
  for (const requests of [100, 300]) {
    await send(requests);
    for (const version of ["v1", "v2"]) {
      const counted = await requestsOf(version);
      await expect.poll(async () => number(await cell(page, version, "Requests")), POLL).toBe(counted);
    }
  }
  expect(await requestsOf("v1")).toBeGreaterThan(await requestsOf("v2"));
  expect(visits[0]?.complaints).toEqual([]);
});

test("each guard shows its counts and its evidence against the thresholds, as the judge has them", async () => {
  await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [errorGuard, latencyGuard] }));
  const page = await look();
  await send(800);
  await bench.until((status) => (evidenceOf(status).guards[0]?.comparisons[0]?.candidate.units ?? 0) > 300);
  const card = guardCard(page, "errorRate");
  await expect
    .poll(async () => {
      const [guard] = evidenceOf(await bench.status()).guards;
      const { stable, candidate } = guard?.comparisons[0] ?? {};
      const seen = {
        rows: await card.locator("tbody tr").allInnerTexts(),
        // Two guards: one alone has to reach twice what ends the rollout.
        harm: await card.getByRole("meter", { name: "Evidence of harm" }).getAttribute("aria-valuetext"),
        harmless: await card.getByRole("meter", { name: "Evidence of no harm" }).getAttribute("aria-valuetext"),
      };
      const expected = {
        rows: [`stable\t${stable?.units}\t0\t0.00 %`, `candidate\t${candidate?.units}\t0\t0.00 %`],
        harm: `e = ${threeDigits(guard?.rollback.log ?? 0)} of 200`,
        harmless: `e = ${threeDigits(guard?.promote.log ?? 0)} of 20`,
      };
      return { seen, agrees: JSON.stringify(seen) === JSON.stringify(expected) };
    }, POLL)
    .toMatchObject({ agrees: true });
  const together = guardCard(page, "All guards together");
  expect(await together.getByRole("meter").getAttribute("aria-valuetext")).toMatch(/^e = [\d.]+ of 100$/);
  const { path } = evidenceOf(await bench.status()).guards[0]?.rollback ?? { path: { points: [] } };
  const drawn = await card.locator("polyline.harm").getAttribute("points");
  expect(path.points.length - (drawn ?? "").split(" ").length).toBeLessThanOrEqual(3);
  expect(await card.textContent()).toContain("Harm is: more than 2 points above stable.");
});

test("a harmful candidate is shown stopped, with the guard that did it and its reason", async () => {
  behave(bench, "v2", { ...good, errors: 0.5 });
  await bench.accepted(canaryPlan({ weight: 5_000 }));
  const page = await look();
  let over = false;
  const load = bench.load(() => over, 8);
  const { rollout } = await bench.until(({ rollout: { phase } }) => phase === "aborted");
  over = true;
  await load;
  await page.getByRole("heading", { name: "v2 was stopped; v1 serves all requests" }).waitFor();
  expect(await page.getByText(rollout.ended?.reason ?? "no reason").count()).toBeGreaterThan(0);
  expect(await page.locator("article.culprit h3").allInnerTexts()).toEqual(["errorRate"]);
  expect(await page.getByText("by guard:errorRate").isVisible()).toBe(true);
  expect(await page.getByText(/^Harm is shown: e = .+ passed 100 in interval \d+, p = /).isVisible()).toBe(true);
  expect(await page.getByText("stopped here").isVisible()).toBe(true);
  expect(await page.getByRole("img", { name: "v1 100 %" }).isVisible()).toBe(true);
});

test("the evidence is there as a picture for who opens it, drawn anew when something was decided", async () => {
  await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [errorGuard, latencyGuard] }));
  const page = await look();
  await send(400);
  await bench.until((status) => (evidenceOf(status).guards[0]?.comparisons[0]?.candidate.units ?? 0) > 100);
  const asked = () => visits[0]?.asked.filter((url) => url.endsWith("/admin/evidence.svg")).length;
  await page.getByText("The evidence as one picture").waitFor();
  expect(asked()).toBe(0);
  await page.getByText("The evidence as one picture").click();
  const picture = page.locator("#picture");
  await picture.waitFor();
  expect(asked()).toBe(1);
  expect(await picture.getAttribute("alt")).toMatch(
    /E-value of harm of all guards together .+ of 100 that end the rollout/,
  );
  await expect.poll(() => page.evaluate("document.getElementById('picture').naturalWidth"), POLL).toBe(960);

  await post("/admin/abort", { reason: "seen enough" });
  await page.getByRole("heading", { name: "v2 was stopped; v1 serves all requests" }).waitFor();
  await expect.poll(asked, POLL).toBe(2);
  expect(visits[0]?.complaints).toEqual([]);
});

test("a person's abort is on the page within three seconds, and markup in names and reasons stays text", async () => {
  const markup = `<img src="https://example.com/x" onerror="document.body.remove()"><script>document.body.remove()</script>`;
  const candidate = "<img src=x onerror=document.body.remove()>";
  await bench.serve(candidate);
  const { v1 } = canaryPlan().versions;
  const versions = { ...(v1 && { v1 }), [candidate]: { content: "2".repeat(64) } };
  await bench.accepted(canaryPlan({ model: `model ${markup}`, candidate, versions }));
  const page = await look();
  await page.getByRole("heading", { name: `${candidate} answers 5 % of the requests` }).waitFor();
  await post("/admin/abort", { reason: `because ${markup}` });
  await page
    .getByRole("strong")
    .filter({ hasText: `because ${markup}` })
    .waitFor({ timeout: 3_000 });
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(`model ${markup}`);
  expect(await page.getByRole("region", { name: "Events" }).textContent()).toContain(`because ${markup}`);
  expect(await page.locator("main img, main script, [onerror]").count()).toBe(0);
});

test("a rollback of a promotion is shown with who serves again", async () => {
  await bench.accepted(stablePlan({ stable: "v2", previous: "v1" }));
  const page = await look();
  await page.getByRole("heading", { name: "v2 serves all requests" }).waitFor();
  await post("/admin/rollback", { reason: "customers complain" });
  await page.getByRole("heading", { name: "v2 was rolled back; v1 serves all requests" }).waitFor();
  expect(await page.getByText("mlc rollback", { exact: true }).isVisible()).toBe(true);
});

test("the steps of a rollout show which one it stands on, copies are told apart, and what comes next is timed", async () => {
  await bench.serve("v0");
  await bench.accepted(sentimentPlan({ bakeMs: 600_000 }));
  const page = await look();
  await page.getByRole("heading", { name: "v2 gets copies of the requests and answers nobody" }).waitFor();
  const steps = page.getByRole("list", { name: "Steps of the rollout" });
  expect((await steps.getByRole("listitem").allInnerTexts()).map((text) => text.split("\n")[0])).toEqual([
    "shadow",
    "5 %",
    "25 %",
    "50 %",
    "100 %",
  ]);
  expect(await steps.locator("[aria-current=step]").textContent()).toMatch(/^shadow/);
  expect(await page.getByText(/go to 5 % after: bake shadow.*, in about 10 min/).isVisible()).toBe(true);
  const leaving = page.getByRole("region", { name: "On their way out" }).locator("tbody td");
  expect(await leaving.allInnerTexts()).toEqual(["deprecated", expect.stringMatching(/^2027-03-31, /), "v1"]);
});

test("events stand newest first", async () => {
  await bench.accepted(canaryPlan());
  await post("/admin/abort", { reason: "the newest" });
  const page = await look();
  const items = page.getByRole("region", { name: "Events" }).getByRole("listitem");
  await items.first().waitFor();
  const kinds = (await bench.status()).events.map(({ kind }) => kind);
  expect(await items.locator(".kind").allInnerTexts()).toEqual(kinds.toReversed());
  expect(await items.first().textContent()).toContain("the newest");
});

test("without a token, or with a wrong one, the page says so, shows nothing, asks no further, and takes a right one", async () => {
  await bench.accepted(stablePlan());
  const page = await look({ fragment: "" });
  await page.getByText("This page has no admin token yet.").waitFor();
  expect(visits[0]?.asked).toEqual([addressOf(bench)]);

  await page.keyboard.press("Tab");
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("The gateway refused the token.").waitFor();
  expect(await page.getByRole("heading").allInnerTexts()).toEqual(["Rollout"]);
  const asked = visits[0]?.asked.length;
  await sleep(2_500);
  expect(visits[0]?.asked.length).toBe(asked);

  await page.getByLabel("Admin token").fill(bench.token);
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("heading", { name: "v1 serves all requests" }).waitFor();
  expect(await page.getByRole("alert").isVisible()).toBe(false);
  expect(await page.getByLabel("Admin token").isVisible()).toBe(false);
});

test("the token leaves the address, and the tab keeps it over a reload", async () => {
  await bench.accepted(stablePlan());
  const page = await look();
  await page.getByRole("heading", { name: "v1 serves all requests" }).waitFor();
  expect(page.url()).toBe(addressOf(bench));
  await page.reload();
  await page.getByRole("heading", { name: "v1 serves all requests" }).waitFor();
  expect(visits[0]?.asked.filter((url) => url.includes(bench.token))).toEqual([]);
});

test("before the first plan the page waits for it", async () => {
  const page = await look();
  await page.getByText("no plan has been accepted yet").waitFor();
  await bench.accepted(stablePlan());
  await page.getByRole("heading", { name: "v1 serves all requests" }).waitFor();
});

test("a killed gateway is told at once, the last state stays readable, and the page recovers by itself", async () => {
  await bench.accepted(canaryPlan({ weight: 2_000 }));
  const page = await look();
  await page.getByText("live, updated").waitFor();
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  await page.getByRole("alert").filter({ hasText: "The gateway does not answer." }).waitFor();
  expect(await page.getByText(/^last answer \d+ s ago$/).isVisible()).toBe(true);
  expect(await page.getByRole("heading", { name: "v2 answers 20 % of the requests" }).isVisible()).toBe(true);
  await bench.startGateway();
  await page.getByText("live, updated").waitFor();
  expect(await page.getByRole("alert").isVisible()).toBe(false);
});

test("a gateway that is replaced on purpose is followed to its successor", async () => {
  await bench.accepted(stablePlan());
  const page = await look();
  await page.getByText("live, updated").waitFor();
  const before = bench.gateway;
  await bench.startGateway({ MLC_TAKEOVER: "1" });
  before.child.kill("SIGTERM");
  await expect.poll(() => page.locator(".kind").filter({ hasText: "start" }).count(), POLL).toBe(2);
  await page.getByText("live, updated").waitFor();
});

test("a page that nobody sees asks nothing, and is up to date when it is seen again", async () => {
  await bench.accepted(canaryPlan());
  const page = await look();
  await page.getByText("live, updated").waitFor();
  const setHidden = (hidden: boolean) =>
    page.evaluate(`
      Object.defineProperty(document, "hidden", { configurable: true, get: () => ${hidden} });
      document.dispatchEvent(new Event("visibilitychange"));
    `);
  await setHidden(true);
  await post("/admin/abort", { reason: "unseen so far" });
  // What was on its way when the page was hidden.
  await sleep(1_000);
  const asked = visits[0]?.asked.length;
  await sleep(2_500);
  expect(visits[0]?.asked.length).toBe(asked);
  await setHidden(false);
  await page.getByRole("strong").filter({ hasText: "unseen so far" }).waitFor();
});

test("what a person has selected and focused stays while the page refreshes", async () => {
  await bench.accepted(canaryPlan({ weight: 2_000 }));
  const page = await look();
  await page.getByText("live, updated").waitFor();
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate<string>(`document.activeElement.className`);
  expect(await focused()).toBe("events");
  await page.evaluate(`getSelection().selectAllChildren(document.getElementById("headline"))`);
  const shown = await cell(page, "v1", "Requests");
  await send(50);
  await expect.poll(() => cell(page, "v1", "Requests"), POLL).not.toBe(shown);
  expect(await page.evaluate(`String(getSelection())`)).toBe("v2 answers 20 % of the requests");
  expect(await focused()).toBe("events");
});

test("the state is announced when it changes, and not with every count", async () => {
  await bench.accepted(canaryPlan({ weight: 2_000 }));
  const page = await look();
  await page.getByText("live, updated").waitFor();
  await page.evaluate(`
    globalThis.announced = [];
    new MutationObserver(() => announced.push(document.getElementById("announcement").textContent))
      .observe(document.getElementById("announcement"), { childList: true, characterData: true, subtree: true });
  `);
  const shown = await cell(page, "v1", "Requests");
  await send(50);
  await expect.poll(() => cell(page, "v1", "Requests"), POLL).not.toBe(shown);
  expect(await page.evaluate(`announced`)).toEqual([]);
  await post("/admin/abort", { reason: "enough" });
  await page.getByText("v2 was stopped").first().waitFor();
  expect(await page.evaluate(`announced`)).toEqual(["aborted: v2 was stopped; v1 serves all requests"]);
});

test("headings are in order, tables have heads, and every picture has words", async () => {
  await bench.accepted(canaryPlan({ weight: 2_000 }, { guards: [errorGuard, latencyGuard] }));
  const page = await look();
  await page.getByText("live, updated").waitFor();
  const levels = await page.evaluate<readonly number[]>(
    `[...document.querySelectorAll("h1, h2, h3")].map(({ tagName }) => Number(tagName[1]))`,
  );
  expect(levels).toEqual([1, 2, 2, 2, 2, 3, 3, 3, 2]);
  expect(await page.locator("table:not(:has(thead th[scope=col]))").count()).toBe(0);
  expect(await page.locator("tbody tr:not(:has(th[scope=row]))").count()).toBe(0);
  expect(
    await page.locator("svg:not([aria-label]), [role=img]:not([aria-label]), [role=meter]:not([aria-label])").count(),
  ).toBe(0);
  expect(await versionRow(page, "v1").count()).toBe(1);
});

test.each(["light", "dark"] as const)("in %s mode all text has contrast", async (colorScheme) => {
  await bench.accepted(canaryPlan({ weight: 2_000 }, { guards: [errorGuard, latencyGuard] }));
  await bench.accepted(canaryPlan({ weight: 2_500 }, { guards: [errorGuard, latencyGuard] }));
  const page = await look({ colorScheme });
  await page.getByText("live, updated").waitFor();
  const paper = await page.evaluate<string>(`getComputedStyle(document.body).backgroundColor`);
  expect(paper).toBe({ light: "rgb(244, 245, 247)", dark: "rgb(16, 19, 23)" }[colorScheme]);
  expect(await faintTexts(page)).toEqual([]);
  await post("/admin/abort", { reason: "enough" });
  await page.getByText("v2 was stopped").first().waitFor();
  expect(await faintTexts(page)).toEqual([]);
  const stranger = await look({ colorScheme, fragment: "" });
  await stranger.getByText("This page has no admin token yet.").waitFor();
  expect(await faintTexts(stranger)).toEqual([]);
});

test("on a telephone nothing runs over the edge", async () => {
  await bench.accepted(canaryPlan({ weight: 2_000 }, { guards: [errorGuard, latencyGuard] }));
  const page = await look({ viewport: { width: 360, height: 740 } });
  await page.getByText("live, updated").waitFor();
  expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(360);
});

test("what serves unproven, and what was lost with damaged files, is said", async () => {
  await bench.accepted(stablePlan());
  await bench.accepted(stablePlan({ stable: "v2", previous: "v1", override: "the old one leaks" }));
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  writeFileSync(bench.file("rollout.json"), "{");
  await bench.startGateway();
  const page = await look();
  await page.getByText("v2 serves by override: the old one leaks").waitFor();
  const [loss] = (await bench.status()).losses ?? [];
  await page.locator("dd", { hasText: loss?.what ?? "no loss was named" }).waitFor();
  expect(visits.at(-1)?.complaints).toEqual([]);
});
