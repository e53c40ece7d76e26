import fc from "fast-check";
import { expect, test } from "vitest";
import { putAlarm, putCompositeAlarm } from "../../../components/simulations/aws/account/cloudwatch/alarm.ts";
import { alarmRule } from "../../../components/simulations/aws/account/cloudwatch/alarm-rule.ts";
import { Account, setAlarmState } from "../../../components/simulations/aws/index.ts";

/** A rule as text, and what it says of which alarms fire. */
interface Spoken {
  readonly text: string;
  readonly says: (firing: ReadonlySet<string>) => boolean;
}

const { rule } = fc.letrec<{ rule: Spoken }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4 },
    fc
      .constantFrom("a", "b", "c")
      .map((name): Spoken => ({ text: `ALARM("${name}")`, says: (firing) => firing.has(name) })),
    fc.constantFrom("a", "b").map((name): Spoken => ({ text: `OK(${name})`, says: (firing) => !firing.has(name) })),
    tie("rule").map(({ text, says }): Spoken => ({ text: `NOT (${text})`, says: (firing) => !says(firing) })),
    fc.tuple(tie("rule"), tie("rule")).map(
      ([one, two]): Spoken => ({
        text: `(${one.text} AND ${two.text})`,
        says: (firing) => one.says(firing) && two.says(firing),
      }),
    ),
    fc.tuple(tie("rule"), tie("rule")).map(
      ([one, two]): Spoken => ({
        text: `(${one.text} OR  ${two.text})`,
        says: (firing) => one.says(firing) || two.says(firing),
      }),
    ),
  ),
}));

test("a rule holds exactly when it says so", () => {
  fc.assert(
    fc.property(rule, fc.subarray(["a", "b", "c"]), ({ text, says }, names) => {
      const firing = new Set(names);
      expect(alarmRule(text).holds((name) => (firing.has(name) ? "ALARM" : "OK"))).toBe(says(firing));
    }),
  );
});

test("AND binds closer than OR, and what is no rule is refused", () => {
  const firing = (name: string) => (name === "a" ? "ALARM" : "OK");
  expect(alarmRule("ALARM(a) OR ALARM(b) AND ALARM(c)").holds(firing)).toBe(true);
  expect(alarmRule("ALARM(a) AND NOT TRUE OR FALSE").holds(firing)).toBe(false);
  for (const text of ["", "ALARM", "ALARM(a) ALARM(b)", "(ALARM(a)", "a AND b", "ALARM(a) XOR OK(b)"]) {
    expect(() => alarmRule(text)).toThrow(`Alarm rule cannot be read: ${text}`);
  }
});

test("composite alarms follow those that they name, also through one another", () => {
  const account = new Account();
  putAlarm(account, "errors", {});
  putCompositeAlarm(account, "inner", { alarmRule: "ALARM(errors)" });
  putCompositeAlarm(account, "outer", { alarmRule: "ALARM(inner)" });
  const states = () => Object.values(account.holdings.alarms).map(({ state }) => state);
  expect(states()).toEqual(["INSUFFICIENT_DATA", "OK", "OK"]);
  setAlarmState(account, "errors", "ALARM");
  expect(states()).toEqual(["ALARM", "ALARM", "ALARM"]);
  setAlarmState(account, "errors", "OK");
  expect(states()).toEqual(["OK", "OK", "OK"]);
  expect(() => setAlarmState(account, "lost", "OK")).toThrow("Unknown alarm lost");
});
