import type { Applicant, Application } from "./applicants.ts";

/** Applications whose answer must be exactly this: no version that means anything gets them wrong. */
const certain: readonly { readonly application: Application; readonly label: "approved" | "declined" }[] = [
  {
    application: { income: 4_800, debtRatio: 0.1, utilisation: 0.2, latePayments: 0, tenure: 9, loan: 9_000 },
    label: "approved",
  },
  {
    application: { income: 1_500, debtRatio: 0.5, utilisation: 0.95, latePayments: 3, tenure: 0, loan: 20_000 },
    label: "declined",
  },
];

const labelled = 200;

/**
 * Golden requests as `golden.jsonl` holds them: the certain ones, then applicants of the past, for whom the right answer is known.
 * @param units how the source that they are taken from keeps an application
 */
export function renderGolden(past: readonly Applicant[], units: (application: Application) => Application): string {
  const lines = [
    ...certain.map(({ application, label }) => ({ input: { features: units(application) }, expect: { label } })),
    ...past.slice(0, labelled).map(({ application, defaulted }) => ({
      input: { features: units(application) },
      label: defaulted ? "declined" : "approved",
    })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
