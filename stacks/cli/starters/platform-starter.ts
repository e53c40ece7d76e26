/** What the release of a first stack is made from. */
export interface StarterRelease {
  readonly model: string;
  /** Hash of models/v1, where the first version's files stand there. */
  readonly content?: string;
  /** Repository of a registry that keeps versions which went out of service. */
  readonly archive?: string;
}

/** What a first project is on one kind of platform. */
export interface PlatformStarter {
  /** Files of a first version, by path; absent where versions are built elsewhere. */
  readonly model?: Readonly<Record<string, string>>;
  /** index.ts. */
  readonly program: string;
  /** Packages that it needs beside this library and the engine's own, with their versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** The release as it stands below `config:`. */
  readonly release: (starter: StarterRelease) => string;
  /** What of the release has to be a person's own before it can be deployed; absent: nothing. */
  readonly yours?: string;
  /** Whether versions may be kept in a registry when they go out of service. */
  readonly archives: boolean;
  /** Commands between the new stack and the first `pulumi up`. */
  readonly before: readonly string[];
}
