import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startChromium } from "./chromium.ts";
import { sendCustomers, sentimentPlan, startSentiment } from "./sentiment-rollout.ts";
import { cell, guardCard, visit } from "./visit.ts";

/** `LIVE_PAGE_PICTURE=docs/live-page.png npm run test:browser -- climb` draws the README's picture again. */
const picture = process.env.LIVE_PAGE_PICTURE;

test("a climb under real traffic with copies, failures and feedback is shown as it goes, and fits a picture", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "mlc-page-"));
  const path = picture ?? join(scratch, "live-page.png");
  const bench = await startSentiment();
  const browser = await startChromium();
  const customers = sendCustomers(bench, 6);
  try {
    await bench.accepted(sentimentPlan({ bakeMs: 8_000 }));
    const viewport = { width: 1280, height: 1000 };
    // Wider than pages show pictures, and smaller as a file.
    const { page, complaints } = await visit(browser, bench, { viewport, deviceScaleFactor: 0.8 });
    await page.getByRole("heading", { name: "v2 gets copies of the requests and answers nobody" }).waitFor();
    await page.getByRole("heading", { name: "v2 answers 25 % of the requests" }).waitFor();
    await page.getByText("for 6 s").waitFor();
    const steps = page.getByRole("list", { name: "Steps of the rollout" });
    expect((await steps.getByRole("listitem").allInnerTexts()).map((text) => text.replace("\n", " "))).toEqual([
      "shadow passed",
      "5 % passed",
      expect.stringMatching(/^25 % for \d s$/),
      "50 %",
      "100 %",
    ]);
    expect(Number((await cell(page, "v2", "Copies")).replaceAll(",", ""))).toBeGreaterThan(100);
    expect(await cell(page, "v2", "Per second")).toMatch(/^[\d,]+$/);
    expect(await guardCard(page, "positiveRate").textContent()).toContain(
      "Harm is: more than 10 points above or below stable.",
    );
    const values = await guardCard(page, "positiveRate").locator("tbody td:nth-child(2)").allInnerTexts();
    expect(values.map((text) => Number(text.replaceAll(",", "")) > 0)).toEqual([true, true]);

    expect(complaints).toEqual([]);

    const guards = await page.getByRole("region", { name: "Guards" }).boundingBox();
    const height = (guards?.y ?? 0) + (guards?.height ?? 0) + 8;
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width: viewport.width, height } });
    expect(statSync(path).size).toBeLessThan(200_000);
  } finally {
    await customers.stop();
    await browser.close();
    await bench.stop();
    rmSync(scratch, { recursive: true });
  }
});
