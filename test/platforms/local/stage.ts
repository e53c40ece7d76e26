import type { Capabilities } from "../../../components/capabilities/index.ts";
import { locate } from "../../../components/platforms/local/data-plane/index.ts";
import { local } from "../../../components/platforms/local/index.ts";
import { openStateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import type { Answer, Stage, Wish } from "../../conformance/stage.ts";
import { Bench } from "./gateway/harness.ts";

/** What this platform is held to. */
export const abilities: Capabilities = local().capabilities;

/** Clients side by side. Few at once may name the version on trial, so whoever names one asks alone. */
const LANES = 16;

/** A gateway as a process of its own, model servers behind sockets, and the data plane that reads the folder of both. */
export async function openLocal(): Promise<Stage> {
  const bench = await Bench.start();
  openStateFolder(bench.root);
  const dataPlane = locate({
    ...{ root: bench.root, stack: "dev", project: "conformance", env: { XDG_STATE_HOME: `${bench.root}/none` } },
    setting: (name) => (name === "stateFolder" ? bench.root : undefined),
  });
  return {
    capabilities: abilities,
    endpoint: "e",
    dataPlane,
    async deploy(plan) {
      await bench.accepted(plan);
    },
    async send(requests, wish = {}) {
      const answers: Answer[] = [];
      let left = requests;
      const lane = async (): Promise<void> => {
        while (left-- > 0) answers.push(await ask(bench, wish));
      };
      const lanes = wish.version === undefined ? Math.min(LANES, requests) : 1;
      await Promise.all(Array.from({ length: lanes }, lane));
      return answers;
    },
    async restart() {
      bench.gateway.child.kill("SIGKILL");
      await bench.gateway.exited;
      await bench.startGateway();
    },
    close: () => bench.stop(),
  };
}

async function ask(bench: Bench, { version, session }: Wish): Promise<Answer> {
  const { status, headers } = await bench.predict({
    headers: {
      ...(version !== undefined && { "x-model-version": version }),
      ...(session !== undefined && { "x-user": session }),
    },
  });
  const plain = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status, headers: Object.fromEntries(plain), ...versionOf(headers["x-model-version"]) };
}

const versionOf = (header: string | string[] | undefined): Pick<Answer, "version"> =>
  typeof header === "string" ? { version: header } : {};
