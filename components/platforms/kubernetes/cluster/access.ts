/** Where an API server is, and who asks it. */
export interface Access {
  /** Address without a path behind it. */
  readonly url: string;
  /** Namespace where none is named. */
  readonly namespace: string;
  /** The bearer token, read anew for each request: those of service accounts change every hour. Absent: none is sent. */
  readonly token?: () => string;
  /** Certificates of the authorities that are believed, as PEM. @default those that Node brings */
  readonly ca?: string;
  /** Certificate and key of who asks, as PEM. */
  readonly client?: { readonly certificate: string; readonly key: string };
  /** The name in the server's certificate. @default that of the address */
  readonly serverName?: string;
  /** Believes any certificate: as `insecure-skip-tls-verify` says. @default false */
  readonly insecure?: boolean;
}

/** Something about the way to a cluster that cannot be used: the place, what was seen, what is allowed, what to do. */
export interface AccessProblem {
  readonly path: string;
  readonly seen: string;
  readonly allowed: string;
  readonly cure: string;
}

/** No way to a cluster, with everything that is wrong. */
export class AccessError extends Error {
  readonly problems: readonly AccessProblem[];

  constructor(problems: readonly AccessProblem[]) {
    super(
      problems
        .map(({ path, seen, allowed, cure }) => `${path}: saw ${seen}; allowed is ${allowed}. ${cure}`)
        .join("\n"),
    );
    this.name = "AccessError";
    this.problems = problems;
  }
}
