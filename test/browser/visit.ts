import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Bench } from "../platforms/local/gateway/harness.ts";

/** A person who looks at the live page, and what their browser saw meanwhile. */
export interface Visit {
  readonly page: Page;
  /** Every address that the page asked for. */
  readonly asked: string[];
  /** Errors of the console and of scripts; the browser also tells there of each answer that is not 2xx. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

export const addressOf = (bench: Bench): string => `http://127.0.0.1:${bench.adminPort}/`;

/** Opens the page with the token, or with another fragment. */
export async function visit(
  browser: Browser,
  bench: Bench,
  { fragment = `#token=${bench.token}`, ...options }: BrowserContextOptions & { readonly fragment?: string } = {},
): Promise<Visit> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(`${addressOf(bench)}${fragment}`);
  return { page, asked, complaints, close: () => context.close() };
}

/** The row of a version in the table of versions. */
export const versionRow = (page: Page, version: string): Locator =>
  page
    .getByRole("region", { name: "Versions" })
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name: version, exact: true }) });

/** What the row says in the column. */
export async function cell(page: Page, version: string, column: string): Promise<string> {
  const heads = await page.getByRole("region", { name: "Versions" }).getByRole("columnheader").allInnerTexts();
  const cells = await versionRow(page, version).locator("th, td").allInnerTexts();
  return cells[heads.indexOf(column)] ?? "";
}

export const guardCard = (page: Page, name: string): Locator =>
  page.getByRole("article").filter({ has: page.getByRole("heading", { name, exact: true }) });

/** The texts whose contrast to what lies behind them is below WCAG's 4.5 to 1. */
export const faintTexts = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([r, g, b]) => {
      const linear = [r, g, b].map((byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const behind = (node) => {
      for (let at = node; at !== null; at = at.parentElement) {
        const color = rgba(getComputedStyle(at).backgroundColor);
        if (color[3] === 255) return color;
      }
      return [255, 255, 255, 255];
    };
    const faint = [];
    for (const node of document.body.querySelectorAll("*")) {
      const text = [...node.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data.trim()).join("");
      if (text === "" || !node.checkVisibility() || node.closest("script, noscript") !== null) continue;
      const style = getComputedStyle(node);
      const color = node instanceof SVGElement ? style.fill : style.color;
      const [light, dark] = [luminance(rgba(color)), luminance(behind(node))].toSorted((a, b) => b - a);
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < 4.5) faint.push(text + ": " + contrast.toFixed(2));
    }
    return faint;
  })()`);
