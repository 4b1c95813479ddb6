import { JobCancelRequested, JobRequested } from "@vsl/events";

/** Heard once each: a replay would submit, and pay for, what was made long ago. */
export const hears = [JobRequested, JobCancelRequested] as const;
