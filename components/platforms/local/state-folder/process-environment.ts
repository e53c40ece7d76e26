/** Variables that a process started here gets from its starter: no credentials, and nothing that changes how Node runs. */
const inherited = ["PATH", "HOME", "LANG", "TZ"] as const;

/** By these a process of a state folder is known, whoever started it. */
export const markers = {
  /** Absolute path of the state folder. */
  folder: "MLC_STATE_FOLDER",
  name: "MLC_PROCESS",
  instance: "MLC_INSTANCE",
} as const;

/** "1": another process of the same name serves at the same port or socket until this one does. */
export const takeoverVariable = "MLC_TAKEOVER";

/** File descriptors of the listening sockets that a process gets from the one it replaces: "3,4". */
export const socketsVariable = "MLC_LISTEN_FDS";

/** The variable by which the processes of a program of its own are known: for which folder, and for which instance. */
export const servedByVariable = "MLC_SERVED_BY";

/** What stands there. @param root the state folder, absolute */
export const servedBy = (root: string, instance: string): string => `${root}:${instance}`;

/** The variable in which a companion is told what it runs, as JSON. */
export const runtimeVariable = "MLC_RUNTIME";

/** What may be known of the starter's environment by a process started here. */
export function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    inherited.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
