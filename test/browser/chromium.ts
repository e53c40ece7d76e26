import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Says nothing to anybody but the page under test. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Where a Chromium is: `CHROMIUM_PATH`, else one of the places in which systems put it.
 * @throws Error that says how to get one.
 */
export function findChromium(
  named: string | undefined = process.env.CHROMIUM_PATH,
  places: readonly string[] = PLACES,
): string {
  const cure = "Install one (Debian, Ubuntu: apt-get install chromium) or name its executable in CHROMIUM_PATH.";
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH: saw ${named}, where nothing is. ${cure}`);
  }
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`No Chromium was found: looked at ${places.join(", ")}. ${cure}`);
  return found;
}

/** A Chromium without a window, with a profile of its own that goes with it. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: FLAGS, headless: true });
