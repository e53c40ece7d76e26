import { readGolden } from "../../../release/golden-file.ts";
import type { Rehearsal, RehearsalRequest, Signature } from "../../rehearsal.ts";
import { askGolden, askMetadata, protocolsOf, type Replies } from "../versions/ask-golden.ts";
import { accuracyOf, failuresOf, p99Of } from "../versions/golden-failures.ts";
import { tensorsOf } from "../versions/golden-protocols.ts";

/** What a running version says to its golden requests, and of itself. */
export async function answersOf(
  socket: string,
  { root, model, part }: RehearsalRequest,
): Promise<Omit<Rehearsal, "readyMs">> {
  const { checks } = part;
  const signature = signatureIn(await askMetadata(socket, model));
  const said = signature === undefined ? {} : { signature };
  if (checks.golden === undefined) return { failures: [], asked: [], labels: new Map(), ...said };
  const { requests } = await readGolden(root, checks.golden);
  const replies = await askGolden(socket, model, requests, { protocols: protocolsOf(part) });
  const accuracy = replies[0] && accuracyOf(replies[0]);
  return {
    failures: failuresOf(checks, replies),
    asked: replies.map((each) => ({
      protocol: each.protocol,
      requests: each.replies.length,
      p99Ms: p99Of(each),
    })),
    ...(accuracy !== undefined && { accuracy: accuracy.share }),
    labels: labelsIn(replies),
    ...said,
  };
}

function labelsIn([first]: readonly Replies[]): ReadonlyMap<number, string> {
  const labels = (first?.replies ?? []).flatMap(({ request: { line }, answer }): readonly [number, string][] =>
    typeof answer?.label === "string" ? [[line, answer.label]] : [],
  );
  return new Map(labels);
}

function signatureIn(metadata: Readonly<Record<string, unknown>> | undefined): Signature | undefined {
  const [inputs, outputs] = [tensorsOf(metadata?.inputs), tensorsOf(metadata?.outputs)].map((tensors) =>
    tensors.map(({ name, datatype }) => ({ name, datatype })),
  );
  return inputs?.length && outputs?.length ? { inputs, outputs } : undefined;
}
