import { HostError, messageOf } from "../../components/host/host-error.ts";
import { exitCodes, Failure } from "./failure.ts";
import { explainSystemError } from "./system-errors.ts";
import { renderStanding, type Terminal } from "./terminal.ts";

/** What a user can understand and mend stays as it is; the rest is a fault of this program, and says so. */
export function asFailure(error: unknown, { standing }: Pick<Terminal, "standing">): Failure {
  if (error instanceof Failure) return error;
  const message = messageOf(error);
  // A file or a folder that cannot be used says itself what to do.
  if (error instanceof HostError) return new Failure(exitCodes.error, message);
  const refused = explainSystemError(error);
  if (refused !== undefined) return new Failure(exitCodes.error, `${refused} ${renderStanding(standing)}`);
  return new Failure(
    exitCodes.error,
    `Unexpected: ${message}\n${renderStanding(standing)}\nThis is a fault of mlc: please report it where you got pulumi-model-lifecycle from, with what MLC_DEBUG=1 shows.`,
  );
}
