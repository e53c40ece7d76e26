/** Actions of others by the commit of a release: a tag can be moved. Each is the newest of its repository as of 2026-08. */
export const actions = {
  /** https://github.com/actions/checkout/releases/tag/v7.0.1 */
  checkout: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
  /** https://github.com/actions/setup-node/releases/tag/v7.0.0 */
  node: "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0",
  /** https://github.com/pulumi/actions/releases/tag/v7.0.0 */
  pulumi: "pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d # v7.0.0",
  /** https://github.com/aws-actions/configure-aws-credentials/releases/tag/v6.2.3 */
  aws: "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3",
  /** https://github.com/google-github-actions/auth/releases/tag/v3.0.0 */
  gcp: "google-github-actions/auth@7c6bc770dae815cd3e89ee6cdf493a5fab2cc093 # v3.0.0",
} as const;
