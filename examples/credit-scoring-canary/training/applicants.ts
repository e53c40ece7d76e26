import type { Random } from "../../stage/random.ts";

/** What an application form says: the units are those of the requests that customers send. */
export interface Application {
  /** Income before tax, a month, in euros. */
  readonly income: number;
  /** Debt payments of a month over the income of a month, 0 to 1. */
  readonly debtRatio: number;
  /** How much of the credit lines is drawn, 0 to 1. */
  readonly utilisation: number;
  /** Payments that came late in the last twelve months. */
  readonly latePayments: number;
  /** With the present employer, in years. */
  readonly tenure: number;
  /** What is asked for, in euros. */
  readonly loan: number;
}

/** An applicant of the past: the application, and what came of the loan. */
export interface Applicant {
  readonly application: Application;
  readonly defaulted: boolean;
}

/** One invented application: incomes are log-normal around 2,900 euros a month, loans around four of them. */
export function createApplication(random: Random): Application {
  const income = Math.round(2_900 * Math.exp(0.45 * normal(random)));
  return {
    income,
    debtRatio: round(0.05 + 0.55 * random.next() ** 1.6),
    utilisation: round(random.next() ** 1.4),
    latePayments: random.chance(0.7) ? 0 : 1 + Math.floor(4 * random.next() ** 2),
    tenure: Math.floor(20 * random.next() ** 1.8),
    loan: Math.round((4 * income * Math.exp(0.6 * normal(random))) / 100) * 100,
  };
}

/** One invented applicant: draws what came of the loan with the probability that the application gives it. */
export function createApplicant(random: Random): Applicant {
  const application = createApplication(random);
  return { application, defaulted: random.chance(defaultProbability(application)) };
}

/**
 * How likely it is that this loan is not paid back. A low income, a used-up credit line and late payments add up; a loan of many
 * incomes is a risk for those who earn little, and late payments for those who owe much: no single answer tells that.
 */
export function defaultProbability(application: Application): number {
  const { income, debtRatio, utilisation, latePayments, tenure, loan } = application;
  const earnsLittle = income < 2_400;
  const logOdds =
    -3.4 +
    (utilisation > 0.75 ? 0.5 : 0) +
    0.3 * Math.min(latePayments, 3) +
    (tenure < 2 ? 0.5 : 0) +
    (earnsLittle && loan > 12_000 ? 2 : 0) +
    (debtRatio > 0.3 && latePayments > 0 ? 1.8 : 0) +
    (earnsLittle && utilisation > 0.75 ? 1 : 0);
  return 1 / (1 + Math.exp(-logOdds));
}

/** A standard normal number (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

const round = (value: number): number => Math.round(value * 100) / 100;
