/** A span as one person tells another: `40 s`, `12 min`, `3 h`, `5 days`. */
export function renderSeconds(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded < 120) return `${rounded} s`;
  if (rounded < 7_200) return `${Math.round(rounded / 60)} min`;
  return rounded < 172_800 ? `${Math.round(rounded / 3_600)} h` : `${Math.round(rounded / 86_400)} days`;
}

/** What comes next, and in what time it is expected. */
export const renderUntil = (next: { readonly what: string; readonly expectedSeconds?: number }): string =>
  next.expectedSeconds === undefined ? next.what : `${next.what}, in about ${renderSeconds(next.expectedSeconds)}`;

/** `14:03:22 UTC, 5 min ago`; with the date when it was not today. */
export function renderSince(at: string, now: Date): string {
  const time = new Date(at);
  const iso = time.toISOString();
  const day = iso.slice(0, 10) === now.toISOString().slice(0, 10) ? "" : `${iso.slice(0, 10)} `;
  return `${day}${iso.slice(11, 19)} UTC, ${renderSeconds(Math.max(0, (now.getTime() - time.getTime()) / 1000))} ago`;
}
