import { randomUUID } from "node:crypto";
import type { ScheduleTopology } from "../topology.ts";

export interface Execution {
  id: string;
  schedule: ScheduleTopology;
  scheduledAt: number;
}

interface Place {
  region: string;
  account: string;
}

const isoSeconds = (epochMs: number) => new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");

export const scheduleArn = ({ region, account }: Place, name: string) =>
  `arn:aws:scheduler:${region}:${account}:schedule/default/${name}`;

/** What EventBridge Scheduler gives a function: the schedule's input with its context attributes filled in, else an event of its own. */
export function scheduledEvent({ id, schedule, scheduledAt }: Execution, place: Place): unknown {
  const arn = scheduleArn(place, schedule.name);
  const time = isoSeconds(scheduledAt);
  if (schedule.input !== null) {
    return JSON.parse(
      schedule.input
        .replaceAll("<aws.scheduler.schedule-arn>", arn)
        .replaceAll("<aws.scheduler.scheduled-time>", time)
        .replaceAll("<aws.scheduler.execution-id>", id)
        .replaceAll("<aws.scheduler.attempt-number>", "1"),
    );
  }
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: place.account,
    time,
    region: place.region,
    resources: [arn],
    // Text there, too.
    detail: "{}",
  };
}
