import { MetricSourceError } from "../../../components/metric-sources/index.ts";
import { exitCodes, Failure, problemsFailure } from "../failure.ts";

/** Waits for what a source does, and says it to people when it cannot. @throws Failure */
export const told = <Value>(work: Promise<Value>): Promise<Value> =>
  work.catch((error: unknown) => {
    throw failureOf(error);
  });

/** 1 when the source does not answer, 2 when it cannot say what is asked; every other error is itself. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof MetricSourceError)) return error;
  const { kind, message, problems } = error;
  return kind === "unfit"
    ? problemsFailure(problems, "The source")
    : new Failure(exitCodes.error, message, { problems });
}
