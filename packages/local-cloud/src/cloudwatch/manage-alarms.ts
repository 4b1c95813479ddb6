import { z } from "zod";
import { checkWord, readDefinition } from "./alarm-definition.ts";
import type { AlarmStates } from "./alarm-states.ts";
import { type Alarm, type AlarmStore, alarmValue } from "./alarm-store.ts";
import { invalidFormat, invalidValue, missingParameter, resourceNotFound } from "./errors.ts";
import { readInput } from "./input.ts";

interface AlarmManagement {
  alarms: AlarmStore;
  states: AlarmStates;
  now: () => number;
}

const names = z.object({ AlarmNames: z.array(z.string()).default([]) });
const stateInput = z.object({
  AlarmName: z.string().optional(),
  StateValue: z.string().optional(),
  StateReason: z.string().optional(),
  StateReasonData: z.string().optional(),
});
const maximumNames = 100;

/** The operations that write alarms. Actions are kept, and not carried out. */
export function alarmWrites({ alarms, states, now }: AlarmManagement) {
  function remember(name: string, type: "Create" | "Update" | "Delete", alarm: Alarm): void {
    const done = { Create: "created", Update: "updated", Delete: "deleted" }[type];
    alarms.remember({
      name,
      itemType: "ConfigurationUpdate",
      summary: `Alarm "${name}" ${done}`,
      details: JSON.stringify({ version: "1.0", type, [`${done}Alarm`]: alarm.definition }),
      at: now(),
    });
  }

  /** A changed alarm keeps its state until it is next looked at. */
  function putMetricAlarm(raw: Record<string, unknown>): void {
    const definition = readDefinition(raw);
    const existing = alarms.find(definition.AlarmName);
    const time = now();
    const created = {
      value: "INSUFFICIENT_DATA" as const,
      reason: "Unchecked: Initial alarm creation",
      updatedAt: time,
      transitionedAt: time,
    };
    const alarm = { definition, state: existing?.state ?? created, configuredAt: time };
    alarms.put(alarm);
    remember(definition.AlarmName, existing ? "Update" : "Create", alarm);
  }

  /** Succeeds, as on AWS, also for names that are nobody's. */
  function deleteAlarms(raw: Record<string, unknown>): void {
    for (const alarm of namedAlarms(raw)) {
      const name = alarm.definition.AlarmName;
      alarms.remove(name);
      remember(name, "Delete", alarm);
    }
  }

  function namedAlarms(raw: Record<string, unknown>): Alarm[] {
    const { AlarmNames } = readInput(names, raw);
    if (AlarmNames.length === 0) throw missingParameter("The parameter AlarmNames is required.");
    if (AlarmNames.length > maximumNames) {
      throw invalidValue(`The collection AlarmNames must not have a size greater than ${maximumNames}.`);
    }
    return AlarmNames.flatMap((name) => alarms.find(name) ?? []);
  }

  function setActions(raw: Record<string, unknown>, ActionsEnabled: "on" | "off"): void {
    for (const alarm of namedAlarms(raw)) {
      alarms.put({ ...alarm, definition: { ...alarm.definition, ActionsEnabled: ActionsEnabled === "on" } });
    }
  }

  /** Lasts until the alarm is next evaluated to another state. */
  function setAlarmState(raw: Record<string, unknown>): void {
    const { AlarmName: name, StateValue, StateReason: reason, StateReasonData } = readInput(stateInput, raw);
    if (!name) throw missingParameter("The parameter AlarmName is required.");
    if (reason === undefined) throw missingParameter("The parameter StateReason is required.");
    checkWord("stateValue", StateValue, alarmValue.options);
    if (StateReasonData !== undefined && !isJson(StateReasonData))
      throw invalidFormat("StateReasonData is not valid JSON.");
    const alarm = alarms.find(name);
    if (!alarm) throw resourceNotFound();
    states.change(alarm, {
      value: alarmValue.parse(StateValue),
      reason,
      ...(StateReasonData !== undefined && { reasonData: StateReasonData }),
    });
  }

  return { putMetricAlarm, deleteAlarms, setActions, setAlarmState };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
