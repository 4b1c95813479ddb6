import { Rejected } from "@vsl/events";
import { readMediaLink } from "@vsl/events/media-link";
import { isShowable } from "./media-format.ts";

export interface OpenMediaLinkPorts {
  mediaLinkSecret: string;
  /** Null when there is no such object. */
  findContentType: (key: string) => Promise<string | null>;
  /** A URL that anybody may read the object with, for so long. */
  presign: (key: string, options: { disposition: string; seconds: number }) => Promise<string>;
  now: () => number;
}

export interface MediaRequest {
  jobId: string;
  file: string;
  query: Readonly<Record<string, string | undefined>>;
}

const presignedForSeconds = 300;

/** Turns a link that intake signed into a URL of the bucket. Effect-free. */
export async function openMediaLink(ports: OpenMediaLinkPorts, { jobId, file, query }: MediaRequest): Promise<string> {
  const verdict = readMediaLink({ jobId, file }, query, ports.mediaLinkSecret, ports.now());
  if (!verdict.valid) {
    throw verdict.reason === "expired"
      ? new Rejected("link.expired", "The link has expired: ask for the job's status again")
      : new Rejected("link.tampered", "The link is not one of ours");
  }
  const { s3Path } = verdict.link;
  const contentType = await ports.findContentType(s3Path);
  if (contentType === null) throw new Rejected("media.unknown", "There is no such media");
  const disposition = `${isShowable(contentType) ? "inline" : "attachment"}; filename="${jobId}-${file}"`;
  return ports.presign(s3Path, { disposition, seconds: presignedForSeconds });
}
