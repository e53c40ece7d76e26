import { expect, test } from "vitest";
import { noticeHeaders } from "../../components/traffic/notice-headers.ts";
import { stablePlan } from "../support/plans.ts";

const notice = { phase: "deprecated", sunset: "2035-05-31T00:00:00Z", successor: "v2" } as const;
const plan = { ...stablePlan(), model: "m", notices: { v1: notice } };
const rest = ["sunset", "Thu, 31 May 2035 00:00:00 GMT", "link", '</v2/models/m/versions/v2>; rel="successor-version"'];

test("a version on its way out says since when, until when, and what comes in its place", () => {
  expect(noticeHeaders(plan, { v1: 1_795_741_086 }).get("v1")).toEqual(["deprecation", "@1795741086", ...rest]);
});

test("where nobody knows since when, nothing is said of it, and not that it was in 1970", () => {
  expect(noticeHeaders(plan, {}).get("v1")).toEqual(rest);
});
