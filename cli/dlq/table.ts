import type { Letter } from "./letter.ts";

/** One line a letter; never its body. */
export function tableOf(letters: readonly Letter[]): string[] {
  const rows = letters.map(({ messageId, event, jobId, tried, sentAt, reason }) => [
    messageId,
    event ?? "unreadable",
    jobId ?? "-",
    `tried ${tried}`,
    new Date(sentAt).toISOString(),
    reason,
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}

/** All that is known of one letter, its body included. */
export function describeLetter(service: string, { body, ...letter }: Letter): string[] {
  return [
    `message  ${letter.messageId}`,
    `service  ${service}`,
    `event    ${letter.event ?? "unreadable"}`,
    `job      ${letter.jobId ?? "-"}`,
    `tried    ${letter.tried}`,
    `sent     ${new Date(letter.sentAt).toISOString()}`,
    `reason   ${letter.reason}`,
    "",
    letter.event === null ? body : JSON.stringify(JSON.parse(body), null, 2),
  ];
}
