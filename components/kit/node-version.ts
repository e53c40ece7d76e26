const OLDEST = [22, 18] as const;

/** Fails at import, before anything else can fail less clearly. */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Error(
    `pulumi-model-lifecycle needs Node >= ${OLDEST.join(".")}; this is Node ${version}. Install a newer Node, or put one first on PATH.`,
  );
}

requireNode(process.versions.node);
