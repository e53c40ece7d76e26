import * as pulumi from "@pulumi/pulumi";

/**
 * An error that is the user's to mend: the engine shows its message and no stack.
 *
 * The stack is taken away for a second reason: where one is left, Node before 22.24 spends half a minute colouring the
 * engine's frames (https://github.com/nodejs/node/issues/64011).
 */
export function refusal(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}
