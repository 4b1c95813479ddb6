import { createHash, randomBytes } from "node:crypto";

/**
 * Lambda's trace header, which SDK clients send along with every call of an invocation. Its lineage names the function, as
 * Lambda itself has it to notice functions that call themselves; here it tells the functions of one process apart.
 */
export function traceHeader(functionArn: string, nowMs: number): string {
  const root = `1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString("hex")}`;
  return `Root=${root};Parent=${randomBytes(8).toString("hex")};Sampled=0;Lineage=1:${lineageOf(functionArn)}:0`;
}

export const lineageOf = (functionArn: string): string =>
  createHash("sha256").update(functionArn).digest("hex").slice(0, 8);

/** The lineage in a trace header. */
export const lineageIn = (header: string): string | undefined => /(?:^|;)Lineage=\d+:([0-9a-f]+):/.exec(header)?.[1];
