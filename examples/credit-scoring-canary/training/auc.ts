/** How often a case with the event scores above one without it, 0 to 1, ties as half: the area under the ROC curve. NaN without both. */
export function auc(scored: readonly { readonly score: number; readonly event: boolean }[]): number {
  const ascending = scored.toSorted((a, b) => a.score - b.score);
  let [ranks, events] = [0, 0];
  for (let at = 0; at < ascending.length; ) {
    let end = at;
    while (end < ascending.length && ascending[end]?.score === ascending[at]?.score) end++;
    const among = ascending.slice(at, end).filter(({ event }) => event).length;
    ranks += ((at + 1 + end) / 2) * among;
    events += among;
    at = end;
  }
  return (ranks - (events * (events + 1)) / 2) / (events * (scored.length - events));
}
