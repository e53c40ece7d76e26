/** Connections to the model servers, the admin port and files: the brake works however many clients there are. */
const RESERVED = 320;
const LEAST = 16;

/** How many clients may be connected at once, so that the process never runs out of the files it may have open. */
export function mostConnections(wanted: number): number {
  const allowed = openFiles();
  return allowed === undefined ? wanted : Math.max(LEAST, Math.min(wanted, allowed - RESERVED));
}

/** Absent where there is no limit, or no such thing. */
function openFiles(): number | undefined {
  // Names of hosts take their time; nobody wants them here. (Not in the types of Node 22.)
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
  };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : undefined;
}
