/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly seen: string;
  /** Nothing to mend, and yet to be known. */
  readonly note?: true;
  /** What to do; present exactly when something is wrong. */
  readonly cure?: string;
}

export const good = (check: string, seen: string): Finding => ({ check, ok: true, seen });

export const note = (check: string, seen: string): Finding => ({ check, ok: true, note: true, seen });

export const bad = (check: string, seen: string, cure: string): Finding => ({ check, ok: false, seen, cure });
