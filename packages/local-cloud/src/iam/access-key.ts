import type { IncomingHttpHeaders } from "node:http";
import { decoded } from "./right.ts";

/** Whose key a call is signed with: in its Authorization header, or in the query of a presigned URL. */
export function accessKeyIn(headers: IncomingHttpHeaders, url = ""): string | undefined {
  const inHeader = /Credential=([^/,\s]+)\//.exec(headers.authorization ?? "")?.[1];
  if (inHeader !== undefined) return inHeader;
  const inQuery = /[?&]X-Amz-Credential=([^&]+)/.exec(url)?.[1];
  return inQuery === undefined ? undefined : decoded(inQuery).split("/")[0];
}
