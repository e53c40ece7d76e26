import { type Stopped, stopBad } from "../../cluster/side-by-side/bad.ts";
import { FLAGGER_SECONDS } from "../../cluster/side-by-side/flagger.ts";
import { type Judged, takeUpHealthy } from "../../cluster/side-by-side/healthy.ts";
import { SCRAPE_SECONDS } from "../../cluster/test-bed/index.ts";
import { type Figure, figure, median, told } from "../figure.ts";

const BAD = { endpoints: 1, rounds: 8, perSecond: 60 };
const HEALTHY = { endpoints: 4, rounds: 10, perSecond: 25 };

/** How soon a bad version has nothing, with ours, with Argo Rollouts and with Flagger at the same moment. */
export async function badToZero(): Promise<readonly Figure[]> {
  const stopped = await stopBad(BAD);
  const of = (name: string): readonly number[] =>
    stopped.filter(({ contestant }) => contestant === name).map(({ fromFailing }) => fromFailing);
  const [ours, argo, flagger] = [of("ours"), of("argo"), of("flagger")];
  const proven = stopped.flatMap(({ fromProof }: Stopped) => fromProof ?? []);
  const where = `${ours.length} versions each that fail every request from one moment on, at 25 % of ${BAD.perSecond} requests/s, scraped each ${SCRAPE_SECONDS} s; from that moment to weight 0 on the route: ours ${spread(ours)}`;
  const bar = { atMost: 2 * SCRAPE_SECONDS };
  const scrapes = `from the scrape that proved it to weight 0: ${spread(proven)}; ${SCRAPE_SECONDS} s between scrapes`;
  const judged = ([name, which]: readonly [string, string]): Figure =>
    told(
      `bad-to-zero-seconds, ${which} asking our judge`,
      median(of(name)),
      "s",
      `from the first failure: ${spread(of(name))}; mlc judge --serve takes counts for final after 15 s`,
    );
  return [
    figure("bad-to-zero-seconds", median(proven), "s", bar, scrapes),
    figure(
      "vs-argo",
      median(ours) / median(argo),
      "ratio",
      { atMost: 1 },
      `${where}; Argo Rollouts 1.9.1 ${spread(argo)}: asked each ${SCRAPE_SECONDS} s, failureLimit 0, success of the last two scrapes >= 95 %; its weights for Istio are carried to the route`,
    ),
    figure(
      "vs-flagger",
      median(ours) / median(flagger),
      "ratio",
      { atMost: 0.5 },
      `the same versions at the same moments; Flagger 1.44.0 ${spread(flagger)}: it looks each ${FLAGGER_SECONDS} s, which is the least it takes, threshold 1, error rate at most 1 %`,
    ),
    ...(
      [
        ["argo-judged", "Argo Rollouts"],
        ["flagger-judged", "Flagger"],
      ] as const
    ).map(judged),
  ];
}

/** How often a version that is as good as what serves is stopped, by each at the same moment and in the same incidents. */
export async function falseRollbacks(): Promise<readonly Figure[]> {
  const judged = await takeUpHealthy(HEALTHY);
  const count = (name: string, outcome: Judged["outcome"]): number =>
    judged.filter((each) => each.contestant === name && each.outcome === outcome).length;
  const said = (name: string): string =>
    `${count(name, "stopped")} stopped, ${count(name, "promoted")} promoted, ${count(name, "undecided")} undecided after 4 min`;
  const where = `of ${HEALTHY.endpoints * HEALTHY.rounds}: ${said("ours")}; every version fails 0.5 % of ${HEALTHY.perSecond} requests/s, and once in each trial all fail 20 % for 15 s`;
  const rival = ([name, which]: readonly [string, string]): Figure =>
    told(`false-rollback-cluster, ${which}`, count(name, "stopped"), "versions", `beside ours: ${said(name)}`);
  return [
    figure("false-rollback-cluster", count("ours", "stopped"), "versions", { atMost: 0 }, where),
    ...(
      [
        ["argo", "Argo Rollouts"],
        ["argo-judged", "Argo Rollouts asking our judge"],
        ["flagger", "Flagger"],
        ["flagger-judged", "Flagger asking our judge"],
      ] as const
    ).map(rival),
  ];
}

const spread = (values: readonly number[]): string =>
  `median ${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
