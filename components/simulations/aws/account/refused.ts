/** What an API of AWS refuses, by its code. */
export class Refused extends Error {
  /** `ValidationException` */
  readonly code: string;
  /** Why, without the code. */
  readonly said: string;
  /** Of the HTTP answer. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(`api error ${code}: ${message}`);
    this.name = "Refused";
    this.code = code;
    this.said = message;
    this.status = status;
  }
}

/** The refusal of an input that the service finds wrong. */
export const invalid = (message: string): Refused => new Refused("ValidationException", message);
