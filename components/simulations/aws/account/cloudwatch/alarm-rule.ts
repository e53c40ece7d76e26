import type { AlarmState } from "../holdings.ts";
import { invalid } from "../refused.ts";

/** What a composite alarm asks of others. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export interface AlarmRule {
  /** Names of the alarms it names. */
  readonly names: readonly string[];
  /** @param stateOf the state of an alarm by its name */
  holds(stateOf: (name: string) => AlarmState | undefined): boolean;
}

const TOKEN =
  /\s*(?:(AND|OR|NOT|TRUE|FALSE)\b|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|([^()"\s]+))\s*\)|([()]))/y;

type Token = readonly [word: string | undefined, state: string | undefined, name: string, bracket: string | undefined];

/** Reads `ALARM("a") AND NOT OK(b)`: NOT binds closest, then AND, then OR. @throws Refused for anything else */
export function alarmRule(text: string): AlarmRule {
  const tokens = tokensOf(text);
  const names = tokens.flatMap(([, state, name]) => (state === undefined ? [] : [name]));
  let at = 0;
  const next = (word: string): boolean => {
    const isNext = tokens[at]?.[0] === word || tokens[at]?.[3] === word;
    if (isNext) at += 1;
    return isNext;
  };
  type Test = AlarmRule["holds"];
  const operand = (): Test => {
    if (next("NOT")) {
      const inner = operand();
      return (states) => !inner(states);
    }
    if (next("(")) {
      const inner = either();
      if (!next(")")) throw unreadable(text);
      return inner;
    }
    if (next("TRUE")) return () => true;
    if (next("FALSE")) return () => false;
    const [, state, name = ""] = tokens[at] ?? [];
    if (state === undefined) throw unreadable(text);
    at += 1;
    return (states) => states(name) === state;
  };
  const both = (): Test => {
    const first = operand();
    if (!next("AND")) return first;
    const rest = both();
    return (states) => first(states) && rest(states);
  };
  const either = (): Test => {
    const first = both();
    if (!next("OR")) return first;
    const rest = either();
    return (states) => first(states) || rest(states);
  };
  const holds = either();
  if (at < tokens.length) throw unreadable(text);
  return { names, holds };
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (text.slice(pattern.lastIndex).trim() !== "") {
    const found = pattern.exec(text);
    if (found === null) throw unreadable(text);
    const [, word, state, quoted, plain, bracket] = found;
    tokens.push([word, state, quoted ?? plain ?? "", bracket]);
  }
  return tokens;
}

const unreadable = (text: string): Error => invalid(`Alarm rule cannot be read: ${text}`);
