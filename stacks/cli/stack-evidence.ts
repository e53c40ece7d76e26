import { documentOf, documentOfRollout, type EvidenceDocument } from "../../components/evidence/index.ts";
import { messageOf } from "../../components/host/host-error.ts";
import type { DataPlane, Endpoint } from "../../components/platforms/data-plane.ts";
import { factsOfRunning } from "../../components/rollout/index.ts";
import { exitCodes, Failure, usageFailure } from "./failure.ts";

/** What is asked for: an endpoint where there are several, and an ending, else what runs or ran last. */
export interface EvidenceChoice {
  readonly endpoint: string | undefined;
  readonly id: string | undefined;
}

/** The evidence of a rollout of a stack. @throws Failure when there is none, or it cannot be told which is meant */
export async function evidenceOfStack(
  dataPlane: DataPlane,
  { endpoint: named, id }: EvidenceChoice,
): Promise<{ readonly endpoint: string; readonly document: EvidenceDocument }> {
  const known = (await dataPlane.exists()) ? await dataPlane.known() : [];
  const candidates = known.filter(({ endpoint }) => named === undefined || endpoint === named);
  const chosen = id === undefined ? candidates : await thoseThatEnded(dataPlane, candidates, id);
  const [only, ...others] = chosen;
  if (only === undefined || others.length > 0) throw undecided(known, chosen, { endpoint: named, id });
  return { endpoint: only.endpoint, document: await judged(documentFor(dataPlane, only, id)) };
}

async function thoseThatEnded(
  dataPlane: DataPlane,
  endpoints: readonly Endpoint[],
  id: string,
): Promise<readonly Endpoint[]> {
  const ended = await Promise.all(endpoints.map(({ endpoint }) => dataPlane.history(endpoint)));
  return endpoints.filter((_, i) => ended[i]?.some((ending) => ending.id === id));
}

function undecided(known: readonly Endpoint[], chosen: readonly Endpoint[], { endpoint, id }: EvidenceChoice): Failure {
  const names = known.map((each) => each.endpoint).join(", ") || "none";
  if (chosen.length > 1) return usageFailure(`Which endpoint? There are: ${names}. Name one: mlc evidence ENDPOINT`);
  if (id !== undefined) return usageFailure(`No record ${id}; \`mlc history\` lists them.`);
  return usageFailure(`No endpoint ${endpoint ?? "of this stack"}. There are: ${names}.`);
}

async function documentFor(
  dataPlane: DataPlane,
  { endpoint, plan }: Endpoint,
  id: string | undefined,
): Promise<EvidenceDocument> {
  const history = await dataPlane.history(endpoint);
  const entry = id === undefined ? undefined : await dataPlane.historyEntry(endpoint, id);
  if (entry !== undefined) return documentOfRollout(entry);
  const evidence = await asked(dataPlane.evidence(endpoint), endpoint);
  const ending = history.findLast(({ identity }) => identity === evidence.identity);
  return documentOf(
    evidence,
    ending ?? (plan?.rollout.identity === evidence.identity ? factsOfRunning(plan) : undefined),
  );
}

async function asked<Answer>(answer: Promise<Answer>, endpoint: string): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const message = `${endpoint} does not tell its evidence (${messageOf(error)}). What has ended is there without it: mlc evidence --id ID, of \`mlc history\`.`;
    throw new Failure(exitCodes.error, message);
  }
}

async function judged(document: Promise<EvidenceDocument>): Promise<EvidenceDocument> {
  try {
    return await document;
  } catch (error) {
    if (error instanceof RangeError) throw new Failure(exitCodes.error, `There is no evidence: ${error.message}.`);
    throw error;
  }
}
