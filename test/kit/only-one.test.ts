import { expect, test } from "vitest";
import { ModelEndpoint, MonitoringStack } from "../../components/index.ts";
import { local, localDocuments } from "../../components/platforms/local/index.ts";
import { parseRelease } from "../../components/release/index.ts";
import { registered } from "../support/mocks.ts";
import { releaseOf } from "../support/release.ts";

const release = parseRelease(releaseOf({ pins: { v1: "1".repeat(64) } }));
const other = { ...release, model: { ...release.model, name: "mood" } };
const endpoint = (name: string, of = release) => new ModelEndpoint(name, { release: of, platform: local() });

test("a second endpoint of a model is refused with both names", async () => {
  await registered(() => {
    endpoint("first");
    expect(() => endpoint("second")).toThrow(
      'the endpoint of model sentiment: seen two, ModelEndpoint "first" and ModelEndpoint "second"; allowed: one in a stack. Remove one of them, or give the second a model of its own.',
    );
  });
});

test("so is a second one that writes the same documents", async () => {
  const monitoring = (name: string) => new MonitoringStack(name, { release, monitor: localDocuments() });
  await registered(() => {
    monitoring("first");
    expect(() => monitoring("second")).toThrow('MonitoringStack "first" and MonitoringStack "second"');
  });
});

test("endpoints of two models, and of one model in two runs of one process, are allowed", async () => {
  await registered(() => {
    endpoint("first");
    endpoint("second", other);
  });
  await registered(() => endpoint("first"));
});
