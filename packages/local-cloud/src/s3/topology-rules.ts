import type { BucketTopology } from "../topology.ts";
import type { CorsRule } from "./cors-rules.ts";
import type { LifecycleRule } from "./lifecycle-rules.ts";

/** What SST gives a bucket whose `cors` is not said. */
export const openToAllOrigins: CorsRule[] = [
  {
    allowedOrigins: ["*"],
    allowedMethods: ["DELETE", "GET", "HEAD", "POST", "PUT"],
    allowedHeaders: ["*"],
    exposeHeaders: [],
  },
];

export function toLifecycleRule(rule: BucketTopology["lifecycle"][number]): LifecycleRule {
  const { id, prefix, expirationDays, abortIncompleteMultipartUploadDays } = rule;
  return {
    id,
    isEnabled: true,
    filter: { prefix, tags: [] },
    ...(expirationDays !== null && { expirationDays }),
    ...(abortIncompleteMultipartUploadDays !== null && { abortIncompleteMultipartUploadDays }),
  };
}
