/** What a terminal, a service manager or a closed window sends to who is to end. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Acts once when this process is asked to end. ctrl-C reaches every process of a terminal, so those that run here have it
 * already: with any other signal they have to be told. @param act is given what to tell them
 */
export function onInterruption(act: (told: NodeJS.Signals | undefined) => void): void {
  for (const signal of SIGNALS) {
    process.once(signal, () => act(signal === "SIGINT" ? undefined : "SIGINT"));
  }
}
