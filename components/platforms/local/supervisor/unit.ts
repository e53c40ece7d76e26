import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** What the unit file of a supervisor is written from. */
export interface Unit {
  /** Which stack it is for, for people who read a list of units. */
  readonly description: string;
  /** Absolute path of the Node to run it with. */
  readonly node: string;
  /** Absolute path of `supervisor/main.js`. */
  readonly script: string;
  /** The state folder, absolute. */
  readonly folder: string;
}

/**
 * A unit of `systemd --user` that starts the supervisor of a state folder after a reboot; the supervisor starts the rest.
 * When another supervisor is there already it ends at once and well. Stopping the unit leaves what serves alone.
 */
export const renderUnit = ({ description, node, script, folder }: Unit): string => `[Unit]
Description=${description.replaceAll("%", "%%")}

[Service]
ExecStart=${[node, script, "--folder", folder].map(quote).join(" ")}
Restart=on-failure
RestartSec=2
KillMode=process

[Install]
WantedBy=default.target
`;

/** systemd.syntax(7) and systemd.service(5): % begins a specifier, $ a variable. */
const quote = (word: string): string =>
  `"${word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;

/** The unit of the state folder at this path, run by this Node. */
export function unitOf(folder: string, description: string): string {
  const main = new URL(`./main${extname(import.meta.url)}`, import.meta.url);
  return renderUnit({ description, node: process.execPath, script: fileURLToPath(main), folder });
}
