/** Milliseconds that Lambda bills for an invocation, at the memory of the graph. */
const billedMs: Readonly<Record<string, number>> = {
  "intake-http": 60,
  "intake-events": 100,
  "intake-sweep": 100,
  // Waits for Replicate's answer to the create.
  "bridge-events": 600,
  "bridge-webhook": 120,
  "bridge-reconcile": 100,
  "bridge-sweep": 100,
  // Downloads and uploads a picture.
  "storage-events": 600,
  "storage-http": 60,
  "ledger-events": 100,
};

/**
 * What a run on one machine cannot tell, above what it measured. The ceiling of $0.10 for 1,000 jobs holds narrowly and rests on these: it
 * is not proven before AWS has measured them. Change one and run `npm run cost` again.
 */
export const assumptions = {
  billedMs,
  otherBilledMs: 100,
  /** At 1,000 jobs a day they come every minute and a half, and processes stay warm for longer; bursts find fewer. */
  coldStarts: { share: 0.05, ms: 600 },
  /** What Lambda logs of each invocation, unless the graph silences it, and API Gateway of each request. */
  platformLogBytes: { invocation: 600, request: 450 },
  /** The first request of a second is traced, and one of twenty of the others: X-Ray's default rule. */
  traced: { perSecond: 1, shareOfOthers: 0.05 },
  /** Of both tables, for each job. */
  tableBytesPerJob: 2_000,
  /** A picture of flux-schnell's. */
  mediaBytesPerJob: 300_000,
  /** Each file is downloaded once by its caller. */
  downloadsPerJob: 1,
  daysPerMonth: 365 / 12,
};
