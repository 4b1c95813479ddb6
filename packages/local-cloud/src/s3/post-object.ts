import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Caller } from "../iam/caller.ts";
import { s3Rights } from "../iam/s3-rights.ts";
import { checkAcl } from "./access-control.ts";
import { authenticateForm } from "./authenticate-form.ts";
import type { Answer, Call, Store } from "./call.ts";
import { claimedChecksum } from "./checksum-headers.ts";
import { defaultAlgorithm } from "./checksums.ts";
import { type Form, readForm } from "./form-data.ts";
import { headerText } from "./hoisted-headers.ts";
import { createMeasure, type Measured } from "./measure.ts";
import { encryptionHeader, expirationHeader, headersToStore, quoted } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";
import { allowedBytes, checkForm, parsePolicy } from "./post-policy.ts";
import { saveObject } from "./put-object.ts";
import { s3Error } from "./s3-error.ts";
import { objectTags } from "./tags.ts";
import { refuseUnclaimed } from "./unclaimed.ts";
import { encode } from "./uri.ts";
import { renderBareXml } from "./xml.ts";

interface Posting extends Pick<Call, "bucket" | "query" | "origin"> {
  request: IncomingMessage;
  /** The bucket's own address, which ends with a slash. */
  bucketUrl: string;
  secrets: ReadonlyMap<string, string>;
  callerOf: (accessKeyId: string) => Caller;
}

/** A browser's form: signed by its policy, which says what the form may hold. */
export async function postObject(store: Store, posting: Posting): Promise<Answer> {
  store.buckets.get(posting.bucket);
  const form = await openForm(posting.request);
  try {
    return await saveForm(store, posting, form);
  } finally {
    await form.close();
  }
}

async function openForm(request: IncomingMessage): Promise<Form> {
  const contentType = request.headers["content-type"] ?? "";
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw s3Error("PreconditionFailed", {
      Condition: "Bucket POST must be of the enclosure-type multipart/form-data",
    });
  }
  const [, quotedBoundary, boundary = quotedBoundary] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  if (boundary === undefined) throw s3Error("MalformedPOSTRequest");
  // The socket must outlive a refused form: the refusal is still to be answered over it.
  return readForm(request.iterator({ destroyOnReturn: false }), boundary);
}

async function saveForm(store: Store, posting: Posting, { fields: given, file }: Form): Promise<Answer> {
  const { bucket, secrets } = posting;
  const fields = new Map(
    [...given].map(([name, value]) => [name, value.replaceAll(/\$\{filename\}/g, () => file?.name ?? "")]),
  );
  const key = keyOf(fields);
  const signed = authenticateForm(fields, secrets);
  const policy = parsePolicy(signed.policy);
  checkForm(policy, { fields: new Map([...fields, ["bucket", bucket]]), now: store.now() });
  if (!file) {
    const message = "POST requires exactly one file upload per request.";
    throw s3Error("InvalidArgument", { message, ArgumentName: "file", ArgumentValue: "0" });
  }
  const headers = headersOf(fields);
  const tagging = fields.has("tagging") && { "x-amz-tagging": fields.get("tagging") };
  posting
    .callerOf(signed.accessKeyId)
    .require(s3Rights({ ...posting, operation: "PUT object", key, headers: { ...headers, ...tagging } }));
  refuseUnclaimed(headers, posting.query);
  checkAcl(store, bucket, headers);
  const claimed = claimedChecksum(headers);
  const algorithm = claimed.algorithm ?? defaultAlgorithm;
  const kept = { headers: headersToStore(headers), tags: objectTags(fields.get("tagging") ?? noTags) };
  const received = receiveFile(file.chunks, { ...allowedBytes(policy), measure: createMeasure([algorithm]) });
  const name = await store.files.write(received.chunks);
  const { bytes, md5, checksum } = received.measured();
  const object: StoredObject = {
    key,
    ...kept,
    bytes,
    etag: md5.toString("hex"),
    modifiedAt: store.now(),
    checksum: { algorithm, type: "FULL_OBJECT", value: checksum(algorithm) },
    uploadId: null,
    slices: [{ file: name, bytes }],
  };
  const check = () => {
    if (claimed.value === undefined || claimed.value === object.checksum.value) return;
    throw s3Error("BadDigest", {
      message: `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
    });
  };
  await saveObject(store, posting, { object, reason: "POST Object", check });
  return answerOf(store, posting, { object, fields });
}

const noTags = "<Tagging><TagSet/></Tagging>";
const maximumKeyBytes = 1024;

function keyOf(fields: ReadonlyMap<string, string>): string {
  const key = fields.get("key");
  if (key === undefined) {
    throw s3Error("InvalidArgument", {
      message:
        "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      ArgumentName: "key",
      ArgumentValue: "",
    });
  }
  if (key === "") {
    const message = "User key must have a length greater than 0.";
    throw s3Error("InvalidArgument", { message, ArgumentName: "key", ArgumentValue: "" });
  }
  const bytes = Buffer.byteLength(key);
  if (bytes > maximumKeyBytes) throw s3Error("KeyTooLongError", { Size: bytes, MaxSizeAllowed: maximumKeyBytes });
  return key;
}

const isHeaderName = /^[\w!#$%&'*+.^`|~-]+$/;

/** The fields, as the headers of a PutObject would say them. */
function headersOf(fields: ReadonlyMap<string, string>): IncomingHttpHeaders {
  return Object.fromEntries(
    [...fields]
      .filter(([name]) => isHeaderName.test(name))
      .map(([name, value]) => [name === "acl" ? "x-amz-acl" : name, headerText(value)]),
  );
}

interface Receiving {
  least: number;
  most: number;
  measure: ReturnType<typeof createMeasure>;
}

/** Passes on what may be kept. A file that is too long is still read to its end: its sender is told how long it was. */
function receiveFile(source: AsyncIterable<Buffer>, { least, most, measure }: Receiving) {
  let result: Measured | undefined;
  async function* chunks(): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of source) {
      bytes = measure.update(chunk);
      if (bytes <= most) yield chunk;
    }
    if (bytes > most) throw s3Error("EntityTooLarge", { ProposedSize: bytes, MaxSizeAllowed: most });
    if (bytes < least) throw s3Error("EntityTooSmall", { ProposedSize: bytes, MinSizeAllowed: least });
    result = measure.finish();
  }
  return {
    chunks: chunks(),
    measured: () => {
      if (!result) throw new Error("the file was not read to its end");
      return result;
    },
  };
}

function answerOf(
  { buckets }: Store,
  { bucket, bucketUrl }: Posting,
  { object, fields }: { object: StoredObject; fields: ReadonlyMap<string, string> },
): Answer {
  const { key } = object;
  const etag = quoted(object.etag);
  const location = `${bucketUrl}${encode(key)}`;
  const headers = { etag, location, ...encryptionHeader, ...expirationHeader(object, buckets.get(bucket).lifecycle) };
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect") ?? "";
  if (/^https?:$/.test(URL.parse(redirect)?.protocol ?? "")) {
    const outcome = `bucket=${encode(bucket)}&key=${encode(key)}&etag=${encode(etag)}`;
    return {
      status: 303,
      headers: { ...headers, location: `${redirect}${redirect.includes("?") ? "&" : "?"}${outcome}` },
    };
  }
  const status = fields.get("success_action_status");
  if (status === "201") {
    const xml = renderBareXml("PostResponse", { Location: location, Bucket: bucket, Key: key, ETag: etag });
    return { status: 201, headers, xml };
  }
  return { status: status === "200" ? 200 : 204, headers };
}
