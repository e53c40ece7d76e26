import { METHOD } from "../../../components/analysis/index.ts";
import {
  type Answer,
  type DataPlane,
  type Endpoint,
  type EndpointChoice,
  good,
} from "../../../components/platforms/data-plane.ts";
import {
  divisionOf,
  endedBefore,
  judgeSettings,
  memoryOf,
  type RolloutState,
  refusalOf,
  verdictOf,
} from "../../../components/rollout/index.ts";
import type { RolloutStatus, TrafficStatus } from "../../../components/traffic/status.ts";
import { trafficWeights } from "../../../components/traffic/weights.ts";
import { weakness } from "./capabilities.ts";
import type { Controller } from "./controller.ts";

/** Fulfils the contract of asking for one endpoint. @param controller the one that decides now: there is another after a restart */
export function dataPlaneOf(endpoint: string, controller: () => Controller): DataPlane {
  const known = (choice: EndpointChoice = {}): readonly Endpoint[] => {
    const { plan } = controller().state;
    const isMeant =
      (choice.endpoint ?? endpoint) === endpoint && (plan === undefined || (choice.model ?? plan.model) === plan.model);
    return isMeant ? [{ endpoint, plan }] : [];
  };
  const status = async (asked: string): Promise<Answer> => {
    const found = asked === endpoint ? renderStatus(controller().state) : undefined;
    return found === undefined ? { endpoint: asked, error: "it has no plan" } : { endpoint, status: found };
  };
  const ofThis = <Item>(asked: string, items: readonly Item[]): readonly Item[] => (asked === endpoint ? items : []);
  return {
    place: "memory of this process",
    capabilities: async () => weakness,
    exists: async () => controller().state.plan !== undefined,
    endpoints: async (choice) => known(choice).filter(({ plan }) => plan !== undefined),
    known: async (choice) => known(choice),
    status,
    async takeBack(asked, { way, reason, to }) {
      if (asked !== endpoint) return { endpoint: asked, error: "there is no such endpoint" };
      const answers = Object.keys(controller().state.plan?.versions ?? {});
      const refusal = controller().decide(
        way === "abort"
          ? { kind: "abort", reason }
          : { kind: "rollBack", reason, answers, ...(to !== undefined && { to }) },
      );
      return refusal === undefined ? status(endpoint) : { endpoint, error: refusal.error };
    },
    endedBefore: async (_, plan) => endedBefore(plan, memoryOf(controller().state)),
    refusalOf: async (_, plan) => refusalOf(plan, memoryOf(controller().state), Date.now()),
    async evidence() {
      const { plan, judges } = controller().state;
      if (plan === undefined || judges === undefined) return { identity: "", intervals: [], copies: [] };
      const { rollout } = plan;
      const judged = {
        settings: judgeSettings(rollout, judges.effects),
        method: METHOD,
        verdict: verdictOf(rollout, judges),
      };
      return {
        identity: rollout.identity,
        ...judged,
        intervals: controller().intervals.map(({ live }) => live),
        copies: [],
      };
    },
    history: async (asked) =>
      ofThis(
        asked,
        controller().history.map(
          ({ settings: _s, verdict: _v, question: _q, paired: _p, intervals: _i, ...summary }) => summary,
        ),
      ),
    historyEntry: async (asked, id) => ofThis(asked, controller().history).find((each) => each.id === id),
    async look(choice) {
      const endpoints = await Promise.all(known(choice).map((each) => status(each.endpoint)));
      const url = "toy://requests";
      return {
        endpoints: endpoints.map((each) => ({ ...each, url, page: url, serves: each.status !== undefined })),
        findings: [],
      };
    },
    inspect: async () => ({ findings: [good("memory", "it is there")], leftovers: [], clear: async () => [] }),
    neighbours: async () => [],
    requireArchive: async () => {
      throw new Error("a toy keeps no archives");
    },
  };
}

function renderStatus(state: RolloutState): TrafficStatus | undefined {
  const { plan, generation, since, events } = state;
  const division = divisionOf(state);
  if (plan === undefined || division === undefined) return undefined;
  return {
    ...{ model: plan.model, at: new Date().toISOString(), generation, plan, since, events, requests: {} },
    weights: trafficWeights({ ...plan, stable: division.stable }, division.weight),
    shadowing: division.shadowing,
    rollout: renderRollout(state),
  };
}

function renderRollout({ plan, progress, rolledBack }: RolloutState): RolloutStatus {
  const { phase = "idle", identity = "", step = -1, ladder = [], ended } = progress ?? {};
  const rollout = { identity, step, ladder, ...(plan?.candidate !== undefined && { candidate: plan.candidate }) };
  if (rolledBack === undefined) return { ...rollout, phase, ...(ended !== undefined && { ended }) };
  const { at, reason } = rolledBack;
  return { ...rollout, phase: "rolledBack", ended: { at, cause: "person", reason } };
}
