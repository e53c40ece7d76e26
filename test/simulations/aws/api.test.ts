import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { AwsClient } from "aws4fetch";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createConfiguration } from "../../../components/simulations/aws/account/sagemaker/configuration.ts";
import { createEndpoint } from "../../../components/simulations/aws/account/sagemaker/endpoint.ts";
import { Account, rollWeightsBack, startSimulatedAccount } from "../../../components/simulations/aws/index.ts";

// What a function asks of SageMaker over HTTP, on the account that programs are rehearsed on.

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "mlc-aws-"));
  const account = new Account({ folder, off: ["model-exists"] });
  const variants = [100, 0].map((initialVariantWeight, index) => ({
    variantName: ["blue", "green"][index] ?? "",
    modelName: "churn",
    initialVariantWeight,
    initialInstanceCount: 2,
    isServerless: false,
  }));
  account.holdings.models.churn = { name: "churn", executionRoleArn: "", containers: [] };
  createConfiguration(account, { name: "one", variants, shadows: [] });
  createEndpoint(account, "churn", "one");
  account.save();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const signer = new AwsClient({ accessKeyId: "a", secretAccessKey: "b", service: "sagemaker", region: "eu-central-1" });

async function ask(url: string, operation: string, asked: unknown) {
  const headers = { "X-Amz-Target": `SageMaker.${operation}`, "content-type": "application/x-amz-json-1.1" };
  const answer = await signer.fetch(url, { method: "POST", headers, body: JSON.stringify(asked) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const act = (work: (account: Account) => void): void => {
  const account = new Account({ folder });
  work(account);
  account.save();
};

test("an endpoint is described, its weights change, and each status is seen", async () => {
  await using server = await startSimulatedAccount({ folder });
  const describe = async () => (await ask(server.url, "DescribeEndpoint", { EndpointName: "churn" })).body;
  const arn = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/churn";
  expect(await describe()).toEqual({
    EndpointName: "churn",
    EndpointArn: arn,
    EndpointConfigName: "one",
    EndpointStatus: "Creating",
    CreationTime: Date.UTC(2026, 0, 1) / 1000,
    LastModifiedTime: Date.UTC(2026, 0, 1) / 1000,
  });
  act((account) => account.advance(210));
  const of = (name: string, [weight, desired]: readonly [number, number]) => ({
    VariantName: name,
    CurrentWeight: weight,
    DesiredWeight: desired,
    CurrentInstanceCount: 2,
    DesiredInstanceCount: 2,
  });
  expect(await describe()).toMatchObject({
    EndpointStatus: "InService",
    ProductionVariants: [of("blue", [100, 100]), of("green", [0, 0])],
  });
  const DesiredWeightsAndCapacities = [
    { VariantName: "blue", DesiredWeight: 90 },
    { VariantName: "green", DesiredWeight: 10 },
  ];
  const shift = () =>
    ask(server.url, "UpdateEndpointWeightsAndCapacities", { EndpointName: "churn", DesiredWeightsAndCapacities });
  expect(await shift()).toEqual({ status: 200, body: { EndpointArn: arn } });
  expect(await describe()).toMatchObject({
    EndpointStatus: "Updating",
    ProductionVariants: [of("blue", [100, 90]), of("green", [0, 10])],
  });
  expect(await shift()).toEqual({
    status: 400,
    body: { __type: "ValidationException", message: `Cannot update in-progress endpoint "${arn}".` },
  });
  act((account) => rollWeightsBack(account, "churn"));
  expect((await describe()).EndpointStatus).toBe("RollingBack");
  act((account) => account.advance(120));
  await shift();
  act((account) => account.advance(30));
  expect(await describe()).toMatchObject({
    EndpointStatus: "InService",
    ProductionVariants: [of("blue", [90, 90]), of("green", [10, 10])],
  });
});

test.each([
  [
    "DescribeEndpoint",
    { EndpointName: "lost" },
    "ValidationException",
    'Could not find endpoint "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/lost".',
  ],
  ["DescribeEndpoint", {}, "ValidationException", "EndpointName is missing; it has to be a text."],
  [
    "UpdateEndpointWeightsAndCapacities",
    { EndpointName: "churn" },
    "ValidationException",
    "DesiredWeightsAndCapacities has to name one variant at least.",
  ],
  [
    "UpdateEndpointWeightsAndCapacities",
    { EndpointName: "churn", DesiredWeightsAndCapacities: [{ VariantName: "blue", DesiredWeight: "1" }] },
    "ValidationException",
    'DesiredWeight is "1"; it has to be a number.',
  ],
  [
    "CreateModel",
    {},
    "UnknownOperationException",
    "SageMaker.CreateModel is not simulated; there are SageMaker.DescribeEndpoint, SageMaker.UpdateEndpointWeightsAndCapacities",
  ],
])("%s is refused by its code: %j", async (operation, asked, __type, message) => {
  await using server = await startSimulatedAccount({ folder });
  expect(await ask(server.url, operation, asked)).toEqual({ status: 400, body: { __type, message } });
});

test("what is no JSON is refused", async () => {
  await using server = await startSimulatedAccount();
  const answer = await fetch(server.url, {
    method: "POST",
    headers: { "X-Amz-Target": "SageMaker.DescribeEndpoint" },
    body: "{",
  });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { __type: "SerializationException", message: "The body of the request is no JSON." },
  ]);
});
