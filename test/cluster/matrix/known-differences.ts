/** Cases in which the simulation answers otherwise than a server and means to, with what the server does. */
const known: readonly (readonly [cases: RegExp, server: string])[] = [
  // Its word is about the addresses and not about the name, and no two clusters say the same: 500 where the range of
  // addresses is small, 504 where it is large. The simulation says what is wrong: 422 metadata.name.
  [
    /^Service with a name with a slash$/,
    "reserves an address under the name first, and calls its range full when each fails",
  ],
];

/** What a server does in this case and the simulation does not; undefined: they answer alike. */
export const knownDifference = (title: string): string | undefined => known.find(([cases]) => cases.test(title))?.[1];
