/**
 * How long things take, in seconds of the account's clock. AWS promises none of them. A new fleet: acceptance tests of
 * the provider with tiny models take 180 to 230 s (terraform-provider-aws#48993). No measurement of a weight change or
 * of a deletion is published: these two are guesses, and nothing may rest on them.
 */
export const durations = { newFleet: 210, weightChange: 30, rollback: 120, deletion: 60 } as const;
