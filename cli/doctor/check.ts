/** What a check found. A check changes nothing, so that it is safe at any time. */
export type Verdict =
  | { kind: "good"; detail?: string }
  | { kind: "bad"; cause: string; next: string }
  | { kind: "skipped"; reason: string };

export interface Check {
  name: string;
  find: () => Promise<Verdict>;
}

export interface Finding {
  name: string;
  verdict: Verdict;
}

export const good = (detail?: string): Verdict => ({ kind: "good", ...(detail && { detail }) });
export const bad = (cause: string, next: string): Verdict => ({ kind: "bad", cause, next });
export const skipped = (reason: string): Verdict => ({ kind: "skipped", reason });

/** All at once, told in their own order. What a check could not find out is a finding too, in the words of `explain`. */
export const examine = (checks: readonly Check[], explain: (error: unknown) => Verdict): Promise<Finding[]> =>
  Promise.all(checks.map(async ({ name, find }) => ({ name, verdict: await find().catch(explain) })));

export function describeFinding({ name, verdict }: Finding): string {
  if (verdict.kind === "bad") return `✗ ${name}: ${verdict.cause}. ${verdict.next}`;
  if (verdict.kind === "skipped") return `– ${name}: ${verdict.reason}`;
  return verdict.detail ? `✓ ${name}: ${verdict.detail}` : `✓ ${name}`;
}
