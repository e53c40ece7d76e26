/** What a rollout's times are where its document says nothing: the schema fills them in, the checks compare them. */
export const rolloutTimes = { bake: "1 minute", maxDuration: "1 day" } as const;
