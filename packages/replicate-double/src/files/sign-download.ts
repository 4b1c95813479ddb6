import { createHmac, timingSafeEqual } from "node:crypto";

export interface Download {
  owner: string;
  id: string;
  /** Epoch seconds. */
  expiry: number;
}

/** As the Files API documents it: HMAC-SHA256 over `{owner} {id} {expiry}`, in base64. */
export function signDownload(secret: string, { owner, id, expiry }: Download): string {
  return createHmac("sha256", secret).update(`${owner} ${id} ${expiry}`).digest("base64");
}

export function isSigned(secret: string, download: Download, signature: string): boolean {
  const [given, expected] = [Buffer.from(signature), Buffer.from(signDownload(secret, download))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
