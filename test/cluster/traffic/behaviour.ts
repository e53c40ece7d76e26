/** How the pods of a version answer; tests change it while they serve. */
export interface Behaviour {
  /** True: connections are refused, as by a process that has crashed. @default false */
  readonly refuses?: boolean;
  /** Share of requests that are answered with 500, 0 to 1. @default 0 */
  readonly failing?: number;
  /** Milliseconds that each answer takes, drawn with a number from 0 to 1. @default none */
  readonly delayMs?: (draw: number) => number;
  /** Values of business metrics, as places in their range, 0 to 1, drawn for each good answer. @default none */
  readonly feedback?: Readonly<Record<string, (draw: number) => number>>;
}

/** What one pod has counted since it came. */
export class PodCounts {
  readonly #answers = new Map<number, number>();
  readonly #feedback = new Map<string, { count: number; sum: number }>();

  answered(code: number): void {
    this.#answers.set(code, (this.#answers.get(code) ?? 0) + 1);
  }

  judged(metric: string, value: number): void {
    const before = this.#feedback.get(metric) ?? { count: 0, sum: 0 };
    this.#feedback.set(metric, { count: before.count + 1, sum: before.sum + value });
  }

  /** In Prometheus' text format. */
  render(model: string, version: string): string {
    const labels = `model="${model}",version="${version}"`;
    const answers = [...this.#answers].map(([code, count]) => `model_answers_total{${labels},code="${code}"} ${count}`);
    const feedback = [...this.#feedback].flatMap(([metric, { count, sum }]) => [
      `model_feedback_total{${labels},metric="${metric}"} ${count}`,
      `model_feedback_value_sum{${labels},metric="${metric}"} ${sum}`,
    ]);
    return `${[...answers, ...feedback].join("\n")}\n`;
  }
}
