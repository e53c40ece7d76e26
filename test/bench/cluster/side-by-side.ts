import { type Stopped, stopBad } from "../../cluster/side-by-side/bad.ts";
import { SCRAPE_SECONDS } from "../../cluster/test-bed/index.ts";
import { type Figure, figure, median, told } from "../figure.ts";

const BAD = { endpoints: 2, rounds: 4, perSecond: 60 };

/** How soon a bad version has nothing, with ours and with Argo Rollouts at the same moment. */
export async function badToZero(): Promise<readonly Figure[]> {
  const stopped = await stopBad(BAD);
  const of = (name: string): readonly number[] =>
    stopped.filter(({ contestant }) => contestant === name).map(({ fromFailing }) => fromFailing);
  const [ours, argo, judged] = [of("ours"), of("argo"), of("argo-judged")];
  const proven = stopped.flatMap(({ fromProof }: Stopped) => fromProof ?? []);
  const where = `${ours.length} versions each that fail every request from one moment on, at 25 % of ${BAD.perSecond} requests/s, scraped each ${SCRAPE_SECONDS} s; from that moment to weight 0 on the route: ours ${spread(ours)}`;
  const bar = { atMost: 2 * SCRAPE_SECONDS };
  const scrapes = `from the scrape that proved it to weight 0: ${spread(proven)}; ${SCRAPE_SECONDS} s between scrapes`;
  return [
    figure("bad-to-zero-seconds", median(proven), "s", bar, scrapes),
    figure(
      "vs-argo",
      median(ours) / median(argo),
      "ratio",
      { atMost: 1 },
      `${where}; Argo Rollouts 1.9.1 ${spread(argo)}: asked each ${SCRAPE_SECONDS} s, failureLimit 0, success of the last two scrapes >= 95 %; its weights for Istio are carried to the route`,
    ),
    told(
      "bad-to-zero-seconds, Argo Rollouts asking our judge",
      median(judged),
      "s",
      `from the first failure: ${spread(judged)}; mlc judge --serve takes counts for final after 15 s`,
    ),
  ];
}

const spread = (values: readonly number[]): string =>
  `median ${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
