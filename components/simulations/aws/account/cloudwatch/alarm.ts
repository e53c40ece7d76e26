import type { Account } from "../account.ts";
import type { Data } from "../data.ts";
import type { Alarm, AlarmState } from "../holdings.ts";
import { Refused } from "../refused.ts";
import { rollBackBy } from "../sagemaker/deployment.ts";

/** Makes an alarm, or changes the one of that name, which keeps its state. */
export function putAlarm(account: Account, name: string, definition: Data): Alarm {
  const { alarms } = account.holdings;
  const alarm: Alarm = { name, definition, state: alarms[name]?.state ?? "INSUFFICIENT_DATA" };
  alarms[name] = alarm;
  return alarm;
}

/** One that is not there is gone already. Who names it is not asked. */
export function deleteAlarm(account: Account, name: string): void {
  delete account.holdings.alarms[name];
}

/** Sets an alarm's state, as SetAlarmState does and as its metric would. @throws Refused where there is no such alarm */
export function setAlarmState(account: Account, name: string, state: AlarmState): void {
  const alarm = account.holdings.alarms[name];
  if (alarm === undefined) throw new Refused("ResourceNotFound", `Unknown alarm ${name}`, 404);
  account.holdings.alarms[name] = { ...alarm, state };
  if (state === "ALARM") rollBackBy(account, name);
}
