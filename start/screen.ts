export interface Running {
  url: string;
  endpointUrl: string;
  /** The stand-in's address, or null when the real Replicate is used. */
  replicateDouble: string | null;
  requireKeys: boolean;
  postgres: string;
  redis: string;
  dataDir: string;
  seconds: number;
}

/** What a new user sees when everything runs: where it is, what to try, how to stop. */
export function screen(running: Running): string {
  const { url, endpointUrl, replicateDouble, requireKeys, postgres, redis, dataDir, seconds } = running;
  const body =
    '{"userId":"test-user-123","mediaType":"image","modelId":"flux-schnell","parameters":{"prompt":"A beautiful sunset over mountains"}}';
  const makeKey = requireKeys
    ? "\n    npm run -s vsl -- keys create --account me --name laptop   # gives the <key>"
    : "";
  const key = requireKeys ? " -H 'authorization: Bearer <key>'" : "";
  return `
  VSL runs (${seconds.toFixed(1)} s)

  API         ${url}
  AWS         ${endpointUrl}   region us-east-1, access key local, secret local
  Replicate   ${replicateDouble ?? "the real one: every job costs money"}${replicateDouble ? "   a stand-in; REPLICATE_API_TOKEN uses the real one" : ""}
  Postgres    ${postgres}
  Redis       ${redis}
  Data        ${dataDir}   logs in ${dataDir}/logs; npm start -- --fresh starts over

  Try${makeKey}
    curl -X POST ${url}/generate-media${key} -H 'content-type: application/json' \\
      -d '${body}'
    curl ${url}/status/<jobId>${key}

  Ctrl-C stops everything.
`;
}
