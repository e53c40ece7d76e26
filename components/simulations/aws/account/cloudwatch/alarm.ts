import type { Account } from "../account.ts";
import type { Data } from "../data.ts";
import type { Alarm, AlarmState } from "../holdings.ts";
import { invalid, Refused } from "../refused.ts";
import { rollBackBy } from "../sagemaker/deployment.ts";
import { alarmRule } from "./alarm-rule.ts";

/** Makes an alarm, or changes the one of that name, which keeps its state. */
export function putAlarm(account: Account, name: string, definition: Data): void {
  const { alarms } = account.holdings;
  alarms[name] = { name, definition, state: alarms[name]?.state ?? "INSUFFICIENT_DATA" };
}

/**
 * Makes a composite alarm, or changes the one of that name; its state follows at once.
 * @throws Refused where its rule cannot be read, or names an alarm that is not there
 */
export function putCompositeAlarm(account: Account, name: string, definition: Data): void {
  const { names } = alarmRule(String(definition.alarmRule));
  const missing = names.filter((each) => account.holdings.alarms[each] === undefined);
  if (missing.length > 0 && account.holds("composite-needs-alarms")) {
    throw invalid(`AlarmRule names alarms that do not exist: ${missing.join(", ")}.`);
  }
  putAlarm(account, name, definition);
  followRules(account);
}

/** One that is not there is gone already. Who names it is not asked. */
export function deleteAlarm(account: Account, name: string): void {
  delete account.holdings.alarms[name];
}

/**
 * Sets an alarm's state, as SetAlarmState does and as its metric would; composite alarms follow.
 * @throws Refused where there is no such alarm
 */
export function setAlarmState(account: Account, name: string, state: AlarmState): void {
  const alarm = account.holdings.alarms[name];
  if (alarm === undefined) throw new Refused("ResourceNotFound", `Unknown alarm ${name}`, 404);
  change(account, alarm, state);
  followRules(account);
}

/** Composite alarms by their rules, until none changes: one may name another. */
function followRules(account: Account): void {
  const { alarms } = account.holdings;
  const composites = Object.values(alarms).filter(({ definition }) => definition.alarmRule !== undefined);
  for (const _round of composites) {
    for (const { name, definition } of composites) {
      const alarm = alarms[name];
      const holds = alarmRule(String(definition.alarmRule)).holds((each) => alarms[each]?.state);
      if (alarm !== undefined) change(account, alarm, holds ? "ALARM" : "OK");
    }
  }
}

function change(account: Account, alarm: Alarm, state: AlarmState): void {
  if (alarm.state === state) return;
  account.holdings.alarms[alarm.name] = { ...alarm, state };
  if (state === "ALARM") rollBackBy(account, alarm.name);
}
