import { type AccountId, Rejected, type UserId } from "@vsl/events";

/** Jobs that one user of an account may request in an hour. */
export const jobsPerHour = 100;

export interface Requester {
  accountId: AccountId;
  userId: UserId;
}

export type Turn = { granted: true } | { granted: false; retryAfterSeconds: number };

/** The user has had all turns of the hour. */
export class RateLimited extends Rejected {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super("rate.exceeded", "Rate limit exceeded");
    this.name = "RateLimited";
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
