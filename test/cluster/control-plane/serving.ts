import { setTimeout as sleep } from "node:timers/promises";
import { expectAlive, type Leashed } from "./leash.ts";

/** Waits until this address answers with a success. @throws Error when the server ends instead */
export async function waitUntilServing(url: string, server: Leashed): Promise<void> {
  for (;;) {
    expectAlive(server);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await sleep(50);
  }
}
