import { type Kind, resourceOf } from "./kinds.ts";
import type { Data } from "./object.ts";
import type { Problem } from "./problem.ts";

/** An answer of the API: an object, a list, or a `Status` that says why not. */
export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: Data;
}

/** Which object is meant, for a message. */
export interface Named {
  readonly kind: Kind;
  readonly name: string;
}

/** The API refuses; thrown inside the simulation and answered at its face. */
export class Refusal extends Error {
  readonly answer: Answer;

  /** @param reason empty where a server gives none */
  constructor(code: number, reason: string, message: string, details: Data = {}) {
    super(message);
    this.name = "Refusal";
    const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" };
    this.answer = { status: code, body: { ...status, message, ...(reason === "" ? {} : { reason }), details, code } };
  }
}

const detailsOf = ({ kind, name }: Named): Data => ({
  name,
  ...(kind.group === "" ? {} : { group: kind.group }),
  kind: kind.plural,
});

const quoted = ({ kind, name }: Named): string => `${resourceOf(kind)} "${name}"`;

/** The object was deleted, and nothing of it is left to show. */
export const deleted = (named: Named, uid: string | undefined): Answer => ({
  status: 200,
  body: {
    ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" },
    details: { ...detailsOf(named), uid },
  },
});

/** Nothing is done so at this path: 405. */
export const methodNotAllowed = (): Refusal =>
  new Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

/** What was sent is in a form that nobody reads: 415. */
export const unsupportedMediaType = (): Refusal =>
  new Refusal(
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - accepted media types include: application/merge-patch+json, application/apply-patch+yaml",
  );

/** There is no such object: 404. */
export const notFound = (named: Named): Refusal =>
  new Refusal(404, "NotFound", `${quoted(named)} not found`, detailsOf(named));

/** An object has the name already: 409. */
export const alreadyExists = (named: Named): Refusal =>
  new Refusal(409, "AlreadyExists", `${quoted(named)} already exists`, detailsOf(named));

/** Somebody else wrote in between. */
export const outdated = (named: Named): Refusal =>
  new Refusal(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${quoted(named)}: the object has been modified; please apply your changes to the latest version and try again`,
    detailsOf(named),
  );

/** Admission does not let it in: 403. */
export const denied = (named: Named, why: string): Refusal =>
  new Refusal(403, "Forbidden", `${quoted(named)} is forbidden: ${why}`, detailsOf(named));

/** Server-side apply refuses so what its schema does not know; a server gives no reason then. */
export const untyped = ({ group, version, kind }: Kind, name: string, why: string): Refusal =>
  new Refusal(500, "", `failed to create typed patch object (/${name}; ${group}/${version}, Kind=${kind}): ${why}`);

/** The request itself is none: 400. */
export const badRequest = (message: string): Refusal => new Refusal(400, "BadRequest", message);

/** Validation found these: 422, all of them in one message. */
export function unprocessable(named: Named, problems: readonly Problem[]): Refusal {
  const { group, kind } = named.kind;
  const lines = problems.map(({ field, message }) => `${field}: ${message}`);
  const list = lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const causes = problems.map(({ field, reason, message }) => ({ reason, message, field }));
  return new Refusal(
    422,
    "Invalid",
    `${group === "" ? kind : `${kind}.${group}`} "${named.name}" is invalid: ${list}`,
    {
      ...detailsOf(named),
      kind,
      causes,
    },
  );
}

/** A field has a manager that said otherwise. */
export function contested(
  conflicts: readonly { readonly manager: string; readonly fields: readonly string[] }[],
): Refusal {
  const count = conflicts.reduce((sum, { fields }) => sum + fields.length, 0);
  const words = conflicts.map(({ manager, fields }) =>
    fields.length === 1
      ? `conflict with ${manager}: ${fields[0]}`
      : `conflicts with ${manager}:\n${fields.map((each) => `- ${each}`).join("\n")}`,
  );
  const causes = conflicts.flatMap(({ manager, fields }) =>
    fields.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${manager}`, field })),
  );
  const message = `Apply failed with ${count} conflict${count === 1 ? "" : "s"}: ${words.join("\n")}`;
  return new Refusal(409, "Conflict", message, { causes });
}
