import { expect, test } from "vitest";
import { ModelEndpoint, MonitoringStack } from "../../components/index.ts";
import { local, localDocuments } from "../../components/platforms/local/index.ts";
import { parseRelease } from "../../components/spec/index.ts";
import { registered } from "../support/mocks.ts";
import { releaseOf } from "../support/release.ts";

const release = parseRelease(releaseOf({ pins: { v1: "1".repeat(64) } }));
const other = { ...release, model: { ...release.model, name: "mood" } };
const endpoint = (name: string, of = release) => new ModelEndpoint(name, { release: of, platform: local() });

test("a second endpoint of a model is refused with both names", async () => {
  const both = registered(() => {
    endpoint("first");
    endpoint("second");
  });
  await expect(both).rejects.toThrow(
    'the endpoint of model sentiment: seen two, ModelEndpoint "first" and ModelEndpoint "second"; allowed: one in a stack. Remove one of them, or give the second a model of its own.',
  );
});

test("so is a second one that writes the same documents", async () => {
  const both = registered(() => {
    for (const name of ["first", "second"]) new MonitoringStack(name, { release, monitor: localDocuments() });
  });
  await expect(both).rejects.toThrow('MonitoringStack "first" and MonitoringStack "second"');
});

test("endpoints of two models, and of one model in two runs of one process, are allowed", async () => {
  await registered(() => {
    endpoint("first");
    endpoint("second", other);
  });
  await registered(() => endpoint("first"));
});
