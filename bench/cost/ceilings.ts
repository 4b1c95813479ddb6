import type { Tally } from "./tally.ts";

export interface Ceiling {
  what: string;
  most: number;
  found: number;
  /** Digits after the point. */
  digits: number;
}

export const holds = ({ most, found }: Ceiling) => found <= most;

interface Found {
  /** Of a month at 1,000 jobs a day. */
  monthUsd: number;
  perThousandJobsUsd: number;
  load: Tally;
  jobs: number;
  /** Files that the jobs have made. */
  outputs: number;
  redis: ReadonlyMap<string, number>;
}

export function ceilingsOf({ monthUsd, perThousandJobsUsd, load, jobs, outputs, redis }: Found): Ceiling[] {
  return [
    { what: "a month at 1,000 jobs a day, without Replicate ($)", most: 35, found: monthUsd, digits: 2 },
    { what: "variable part of 1,000 jobs ($)", most: 0.1, found: perThousandJobsUsd, digits: 3 },
    { what: "events of a job", most: 6, found: load.events / jobs, digits: 2 },
    { what: "DynamoDB write units of a job", most: 10, found: load.writeUnits / jobs, digits: 2 },
    { what: "SQS requests of a job", most: 24, found: (load.sqsSends + load.sqsOthers) / jobs, digits: 2 },
    { what: "PutObject of an output", most: 1, found: load.s3Puts / outputs, digits: 2 },
    { what: "Scan", most: 0, found: load.scans, digits: 0 },
    { what: "KEYS", most: 0, found: redis.get("KEYS") ?? 0, digits: 0 },
  ];
}
