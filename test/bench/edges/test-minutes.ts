import { readFileSync } from "node:fs";
import path from "node:path";
import { repository } from "../../support/project.ts";
import { type Figure, figure } from "../figure.ts";

const BAR = { atMost: 6 } as const;

/**
 * Minutes of `npm test`, from the file that its runner wrote, since the tests want the machine for themselves:
 * `npm test -- --reporter=json --outputFile=coverage/test.json`.
 */
export function benchTestMinutes(): readonly Figure[] {
  const file = path.join(repository, "coverage/test.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    const how = "not taken: run `npm test -- --reporter=json --outputFile=coverage/test.json` before";
    return [figure("test-minutes", Number.NaN, "min", BAR, how)];
  }
  const { startTime, testResults, numTotalTests, numFailedTests } = JSON.parse(text) as TestRun;
  const end = Math.max(...testResults.map(({ endTime }) => endTime));
  const detail = `${numTotalTests} tests in ${testResults.length} files, ${numFailedTests} failed; from the runner's start to its last test, without the build`;
  return [figure("test-minutes", (end - startTime) / 60_000, "min", BAR, detail)];
}

interface TestRun {
  readonly startTime: number;
  readonly numTotalTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly endTime: number }[];
}
