import { expect, test } from "vitest";
import { closest } from "../../components/release/index.ts";

test.each([
  ["wieght", "weight"],
  ["gaurds", "guards"],
  ["sticky-", "sticky"],
  ["STABLE", "stable"],
  ["candiadte", "candidate"],
])("%s most likely meant %s", (word, meant) => {
  expect(closest(word, ["stable", "candidate", "weight", "guards", "sticky"])).toBe(meant);
});

test("a word that is near nothing is not guessed at", () => {
  expect(closest("v9", ["v1", "v2"])).toBeUndefined();
  expect(closest("temperature", ["stable", "weight"])).toBeUndefined();
  expect(closest("anything", [])).toBeUndefined();
});

test("the nearer of two wins", () => {
  expect(closest("sentimen-v2", ["sentiment-v1", "sentiment-v2"])).toBe("sentiment-v2");
});
