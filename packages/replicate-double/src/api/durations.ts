const LONGEST_WAIT_SECONDS = 60;

/** Seconds to wait that a `Prefer` header asks for; what its pattern does not allow is ignored, as HTTP wants of preferences. */
export function secondsToWait(prefer: string | undefined): number | null {
  const asked = /^wait(?:=([1-9][0-9]?))?$/.exec(prefer?.trim() ?? "");
  return asked ? Math.min(LONGEST_WAIT_SECONDS, Number(asked[1] ?? LONGEST_WAIT_SECONDS)) : null;
}

/** Seconds of a `Cancel-After` header: `30`, `30s`, `5m`, `1h30m45s`; null when it is no duration of at least 5 seconds. */
export function secondsUntilCancel(cancelAfter: string): number | null {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/.exec(cancelAfter.trim());
  if (!parts) return null;
  const [hours, minutes, seconds] = [parts[1], parts[2], parts[3]].map((part) => Number(part ?? 0));
  const total = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return total >= 5 ? total : null;
}
