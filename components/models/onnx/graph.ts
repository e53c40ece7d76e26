import type { InferenceSession } from "onnxruntime-node";
import type { OnnxManifest } from "../manifest.ts";
import type { ModelInput } from "../runtimes/scorer.ts";
import { createFeeds, type Feeds, inputNames } from "./feeds.ts";
import { loadOnnxRuntime } from "./library.ts";
import { chooseScores, readScores, type Scores } from "./scores.ts";

/** A graph that answers. */
export interface Graph {
  /** The names of what it reads. */
  readonly inputs: readonly string[];
  readonly readsText: boolean;
  /** What answers are made of. */
  readonly scores: string;
  /** Numbers that it answers for each row. */
  readonly outputs: number;
  readonly run: (inputs: readonly ModelInput[]) => Promise<readonly (readonly number[])[]>;
}

/** What has to be known of a graph beside its file. */
export type GraphFacts = Pick<OnnxManifest, "missing" | "graph"> & {
  /** Names of the features in the order of its columns. @default those of its tensors */
  readonly inputs?: readonly string[] | undefined;
};

/**
 * Opens the file of a graph. One thread works on a request; requests are worked on beside each other.
 * @throws Error when ONNX Runtime is not installed or does not take the file, and when it does not fit the facts
 */
export async function openGraph(file: string, facts: GraphFacts): Promise<Graph> {
  const runtime = await loadOnnxRuntime();
  const session = await runtime.InferenceSession.create(file, {
    ...{ intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 },
  });
  const inputs = facts.inputs ?? inputNames(session.inputMetadata);
  const feeds = createFeeds(runtime, session.inputMetadata, { ...facts, inputs });
  const scores = chooseScores(session.outputMetadata, facts.graph?.scores);
  const run = createRun(session, feeds, scores);
  const outputs = scores.outputs ?? (await run([feeds.nothing]))[0]?.length ?? 0;
  return { inputs, readsText: feeds.readsText, scores: scores.name, outputs, run };
}

/** Asks a graph rows, as many at a time as it takes. */
function createRun(session: InferenceSession, { feed, most }: Feeds, scores: Scores): Graph["run"] {
  return async (inputs) => {
    const answers: (readonly number[])[] = [];
    for (let at = 0; at < inputs.length; at += most) {
      const part = inputs.slice(at, at + most);
      const { [scores.name]: answer } = await session.run(feed(part), [scores.name]);
      answers.push(...readScores(answer, part.length));
    }
    return answers;
  };
}
