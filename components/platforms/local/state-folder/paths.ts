import { join } from "node:path";
import { HostError } from "../../../host/host-error.ts";
import { contentForm, isContent } from "../../../sources/content.ts";

// Where everything stands, relative to the state folder. A process whose working directory is the folder uses these as
// they are, because the path of a Unix socket may have no more than 107 bytes (unix(7)); others go through `folder.path`.

/** One directory for each kind of thing. */
export const directories = {
  processes: "processes",
  /** Who supervises this folder: a numbered file by each who ever did, of which the last stays. */
  supervisor: "supervisor",
  servers: "servers",
  logs: "logs",
  artifacts: "artifacts",
  gateways: "gateways",
  archives: "archive",
  documents: "documents",
  /** What programs of their own may write while they serve. */
  scratch: "scratch",
} as const;

/** Says that a folder is a state folder, of which format, and who has served from it. */
export const folderFile = "folder.json";

/** Names the process that the folder, and everything that runs from it, is there for; absent: it is there for good. */
export const boundFile = "bound.json";

/** What the supervisor says. */
export const supervisorLogPath = "supervisor.log";

/** What a process is wanted to be. */
export const specPath = (name: string): string => join(directories.processes, `${checkName(name)}.json`);

/** What a process is. */
export const statusPath = (name: string): string => join(directories.processes, `${checkName(name)}.status.json`);

/** Where a model server answers. */
export const socketPath = (name: string): string => join(directories.servers, `${checkName(name)}.sock`);

/** What a process says. */
export const logPath = (name: string): string => join(directories.logs, `${checkName(name)}.log`);

/** Where a program of its own may write while it serves. */
export const scratchPath = (instance: string): string => join(directories.scratch, checkName(instance));

/** The files of a content. */
export const artifactPath = (content: string): string => join(directories.artifacts, checkContent(content));

/** A text of a monitor. */
export const documentPath = (name: string): string => join(directories.documents, checkName(name));

/** The archive of a version. */
export const archivePath = (model: string, version: string): string =>
  join(directories.archives, checkName(model), checkName(version));

/** What the engine knows of a resource, kept beside what exists: `name` is unique for its kind. */
export const recordPath = (kind: string, name: string): string =>
  join("resources", kind, `${encodeURIComponent(name)}.json`);

/** Where the files of one gateway stand. */
export interface GatewayPaths {
  readonly directory: string;
  /** The last plan accepted, with the sockets of its versions. */
  readonly route: string;
  /** How far the running rollout is, or how the last one ended. */
  readonly rollout: string;
  /** Counts of the running or last rollout, one line for each interval. */
  readonly intervals: string;
  /** Mode 0600. */
  readonly adminToken: string;
  /** Mode 0600: what prediction ids are sealed with; nobody but the gateway needs it. */
  readonly feedbackKey: string;
  /** Mode 0600: who sends feedback shows it. */
  readonly feedbackToken: string;
  /** Who the gateway is and where it listens. */
  readonly gateway: string;
}

/** Where the files of the gateway of an endpoint stand. */
export function gatewayPaths(endpoint: string): GatewayPaths {
  const directory = join(directories.gateways, checkName(endpoint));
  return {
    directory,
    route: join(directory, "route.json"),
    rollout: join(directory, "rollout.json"),
    intervals: join(directory, "intervals.jsonl"),
    adminToken: join(directory, "admin.token"),
    feedbackKey: join(directory, "feedback.key"),
    feedbackToken: join(directory, "feedback.token"),
    gateway: join(directory, "gateway.json"),
  };
}

// 80 characters keep a socket within its limit; with `.status` a spec would be the status of another.

/** Whether a text can be the name of a file here: no way out of the folder, and no ending of ours. */
export const isName = (name: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name) && !name.endsWith(".status");

function checkName(name: string): string {
  if (isName(name)) return name;
  throw new HostError({
    path: "state folder",
    seen: `the name ${JSON.stringify(name)}`,
    allowed:
      "1 to 80 letters, digits, dots, dashes and underscores, beginning with a letter or digit, not ending in .status",
    cure: "Choose another name.",
  });
}

function checkContent(content: string): string {
  if (isContent(content)) return content;
  throw new HostError({
    path: "state folder",
    seen: `the hash ${JSON.stringify(content)}`,
    allowed: contentForm,
    cure: "Run `mlc pin`: it writes the hash of a version's directory.",
  });
}
