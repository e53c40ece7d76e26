import { expect, test } from "vitest";
import { findChromium } from "./chromium.ts";

test("CHROMIUM_PATH goes before the places in which systems put it", () => {
  expect(findChromium(process.execPath, ["/nowhere"])).toBe(process.execPath);
  expect(findChromium("", ["/nowhere", process.execPath])).toBe(process.execPath);
});

test("without a Chromium the lane says how to get one", () => {
  const cure = /apt-get install chromium.*CHROMIUM_PATH/;
  expect(() => findChromium("", ["/nowhere"])).toThrow(/No Chromium was found: looked at \/nowhere/);
  expect(() => findChromium("", ["/nowhere"])).toThrow(cure);
  expect(() => findChromium("/nowhere/else", [process.execPath])).toThrow(/CHROMIUM_PATH: saw \/nowhere\/else/);
});
