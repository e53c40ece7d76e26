import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Account, type AccountSettings } from "./account/account.ts";
import type { Data } from "./account/data.ts";
import { Refused } from "./account/refused.ts";
import { describeEndpoint, updateWeightsAndCapacities } from "./api/sagemaker.ts";

/** A simulated account that listens on this machine. */
export interface SimulatedAccount extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: what a client of AWS takes as its endpoint. */
  readonly url: string;
  stop(): Promise<void>;
}

type Operation = (account: Account, asked: Data) => Data;

/** Operations by the header `X-Amz-Target`, as the protocol JSON 1.1 of AWS names them. */
const operations: Readonly<Record<string, Operation>> = {
  "SageMaker.DescribeEndpoint": describeEndpoint,
  "SageMaker.UpdateEndpointWeightsAndCapacities": updateWeightsAndCapacities,
};

/**
 * Starts a simulated account on a free port of the loopback interface: what asks SageMaker can run against it. With a
 * folder it is the account that programs are rehearsed on, read again for each request. Signatures are not checked.
 */
export async function startSimulatedAccount(settings: AccountSettings = {}): Promise<SimulatedAccount> {
  const inMemory = new Account(settings);
  const open = (): Account => (settings.folder === undefined ? inMemory : new Account(settings));
  const server = createServer((request, response) => {
    void answered(open, request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> => close(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function answered(
  open: () => Account,
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly body: Data }> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const target = String(request.headers["x-amz-target"] ?? "");
    const operation = operations[target];
    if (operation === undefined) {
      throw new Refused(
        "UnknownOperationException",
        `${target || "no X-Amz-Target"} is not simulated; there are ${Object.keys(operations).join(", ")}`,
      );
    }
    const asked = askedIn(Buffer.concat(chunks).toString());
    const account = open();
    const body = operation(account, asked);
    account.save();
    return { status: 200, body };
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, body: { __type: error.code, message: error.said } };
    return {
      status: 500,
      body: { __type: "InternalFailure", message: error instanceof Error ? error.message : String(error) },
    };
  }
}

function askedIn(text: string): Data {
  try {
    return JSON.parse(text) as Data;
  } catch {
    throw new Refused("SerializationException", "The body of the request is no JSON.");
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
