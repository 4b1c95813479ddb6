import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../endpoint/aws-error.ts";
import { type Caller, owner } from "../iam/caller.ts";
import { bucketArn, s3Rights } from "../iam/s3-rights.ts";
import type { Report } from "../report.ts";
import type { BucketTopology } from "../topology.ts";
import { answerOfError, createRequestId, type Exchange, sendAnswer } from "./answer.ts";
import { createAuthenticator } from "./authenticate.ts";
import { checkBucketName } from "./bucket-operations.ts";
import { type Answer, headerOf } from "./call.ts";
import type { CorsRule } from "./cors-rules.ts";
import { withHoistedHeaders } from "./hoisted-headers.ts";
import type { Announce, Origin } from "./object-events.ts";
import { isForm, operationOf } from "./operations.ts";
import { postObject } from "./post-object.ts";
import { crossOriginHeaders, preflight } from "./preflight.ts";
import { s3Error } from "./s3-error.ts";
import { openStore } from "./store.ts";
import { sweep } from "./sweep.ts";
import { openToAllOrigins, toLifecycleRule } from "./topology-rules.ts";
import { refuseUnclaimed } from "./unclaimed.ts";
import { parseAddress, type S3Address } from "./uri.ts";

export interface S3Options {
  /** S3's own folder; created. */
  dataDir: string;
  region: string;
  account: string;
  /** Epoch milliseconds. */
  now?: () => number;
  /** Secrets by access key id. */
  secrets?: Record<string, string>;
  /** What the owner of a key may do; without it everybody may do everything. */
  callerOf?: (accessKeyId: string, headers: IncomingHttpHeaders) => Caller;
  sweepEveryMilliseconds?: number;
  /** Takes what buckets are told to tell EventBridge. */
  announce?: Announce;
  report?: Report;
}

export interface S3 {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Safe to repeat; the rules given replace those that the bucket has. */
  createBucket(name: string, options?: { lifecycle?: BucketTopology["lifecycle"]; cors?: CorsRule[] }): Promise<void>;
  /** Enforces the buckets' lifecycle rules now, as it otherwise happens by the clock. */
  sweep(): Promise<void>;
  /** Ends the exchanges that are under way. Safe to repeat. */
  close(): Promise<void>;
}

const maximumKeyBytes = 1024;

export async function createS3(options: S3Options): Promise<S3> {
  const {
    dataDir,
    region,
    account,
    now = Date.now,
    callerOf = () => owner,
    announce = async () => undefined,
    report = () => undefined,
  } = options;
  const store = await openStore({ dataDir, region, account, now, announce, report });
  const secrets = new Map(Object.entries(options.secrets ?? { local: "local" }));
  const authenticate = createAuthenticator({ secrets, now });
  const underWay = new Map<ServerResponse, Promise<void>>();

  const operate = async ({ request, requestId }: Exchange, address: S3Address): Promise<Answer> => {
    const { method = "" } = request;
    const { bucket, key, query } = address;
    const origin: Origin = { requestId, requester: account, sourceIp: request.socket.remoteAddress ?? "127.0.0.1" };
    if (method === "OPTIONS") return preflight(store, bucket, request.headers);
    if (isForm(method, address)) {
      const bucketUrl = `http://${request.headers.host}${address.path.replace(/\/?$/, "/")}`;
      const callerOfForm = (accessKeyId: string) => callerOf(accessKeyId, request.headers);
      return postObject(store, { request, bucket, bucketUrl, query, origin, secrets, callerOf: callerOfForm });
    }
    const authenticated = authenticate({ method, headers: request.headers, address });
    const caller = callerOf(authenticated.accessKeyId, request.headers);
    const headers = withHoistedHeaders(request.headers, address);
    const { name, operation } = operationOf(method, address, headers);
    caller.require(s3Rights({ operation: name, bucket, key, query, headers }));
    refuseUnclaimed(headers, query);
    if ((headerOf(headers, "x-amz-expected-bucket-owner") ?? account) !== account) {
      throw s3Error("AccessDenied");
    }
    if (Buffer.byteLength(key) > maximumKeyBytes) {
      throw s3Error("KeyTooLongError", { Size: Buffer.byteLength(key), MaxSizeAllowed: maximumKeyBytes });
    }
    const body = { request, headers, authenticated };
    try {
      return await operation(store, { bucket, key, query, headers, body, origin, caller });
    } catch (error) {
      // Whoever may not list a bucket is not told what is missing in it.
      const isMissing = error instanceof AwsError && error.code === "NoSuchKey";
      if (isMissing) caller.require([{ action: "s3:ListBucket", resource: bucketArn(bucket) }]);
      throw error;
    }
  };

  const reportFailure = ({ request, response }: Exchange, { path }: S3Address, error: unknown) => {
    if (error instanceof AwsError) {
      if (error.code !== "NotImplemented") return;
      const asked = error.members["Header"] ?? error.message;
      report({ level: "WARN", message: `unsupported by S3: ${request.method} ${path}: ${asked}` });
    } else if (request.errored === null && !response.destroyed) {
      // A client that went away in the middle of its body is no fault of ours.
      report({ level: "ERROR", message: `S3 ${request.method} ${path} failed`, error });
    }
  };

  const answer = async (exchange: Exchange): Promise<void> => {
    const { request } = exchange;
    try {
      const address = parseAddress(request.url ?? "/", request.headers.host);
      const found = await operate(exchange, address).catch((error: unknown) => {
        reportFailure(exchange, address, error);
        return answerOfError(error, exchange);
      });
      const headers = { ...crossOriginHeaders(store, address.bucket, request), ...found.headers };
      await sendAnswer(exchange, { ...found, headers });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      await sendAnswer(exchange, answerOfError(error, exchange));
    }
  };

  let sweeping = Promise.resolve();
  const sweepOnce = () => {
    sweeping = sweeping.catch(() => undefined).then(() => sweep(store));
    return sweeping;
  };
  const timer = setInterval(() => {
    sweepOnce().catch((error: unknown) => report({ level: "ERROR", message: "S3's sweep failed", error }));
  }, options.sweepEveryMilliseconds ?? 600_000);
  timer.unref();

  const end = async () => {
    clearInterval(timer);
    for (const response of underWay.keys()) response.destroy();
    await Promise.allSettled([...underWay.values(), sweeping]);
    await store.close();
  };
  let closed: Promise<void> | undefined;

  return {
    handle(request, response) {
      const answered = answer({ request, response, requestId: createRequestId(), now: now() });
      const settled = answered.finally(() => underWay.delete(response));
      underWay.set(response, settled);
      return settled;
    },
    async createBucket(name, { lifecycle = [], cors = openToAllOrigins } = {}) {
      checkBucketName(name);
      await store.db.commit(() => {
        store.buckets.insert(name, now());
        store.buckets.setLifecycle(name, lifecycle.length > 0 ? lifecycle.map(toLifecycleRule) : null);
        store.buckets.setCors(name, cors);
      });
    },
    sweep: sweepOnce,
    close() {
      closed ??= end();
      return closed;
    },
  };
}
