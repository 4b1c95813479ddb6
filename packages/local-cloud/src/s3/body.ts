import { createHash } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Authenticated } from "./authenticate.ts";
import { decodeAwsChunked } from "./aws-chunked.ts";
import { checkForm, claimedChecksum } from "./checksum-headers.ts";
import type { ChecksumAlgorithm } from "./checksums.ts";
import { createMeasure, type Measured } from "./measure.ts";
import { s3Error } from "./s3-error.ts";

/** A request's body on its way in. Ending the iteration means that every length, hash and checksum that was claimed is true. */
export interface Body {
  chunks: AsyncIterable<Buffer>;
  /** Of the chunks, once they are read. */
  measured(): Measured;
}

export interface BodySource {
  request: IncomingMessage;
  /** The request's headers, with what a presigned URL adds to them. */
  headers: IncomingHttpHeaders;
  authenticated: Authenticated;
}

const maximumBytes = 5 * 1024 ** 3;

/** `computing`: algorithms to compute whether or not the client claims a value. */
export function openBody({ request, headers, authenticated }: BodySource, computing: ChecksumAlgorithm[] = []): Body {
  const claims = claimedChecksum(headers);
  const { payloadHash, signer } = authenticated;
  const framed = framings.has(payloadHash);
  const signedChunks = framings.get(payloadHash) === "signed";
  const expectedBytes = claimedLength(headers, framed);
  const claimedMd5 = parseMd5(headers["content-md5"]);

  const sha256 = /^[0-9a-f]{64}$/.test(payloadHash) ? createHash("sha256") : undefined;
  if (!framed && !sha256 && payloadHash !== "UNSIGNED-PAYLOAD") throw badPayloadHash(payloadHash);
  const measure = createMeasure(claims.algorithm ? [...computing, claims.algorithm] : computing);
  const trailers = new Map<string, string>();
  let result: Measured | undefined;

  async function* chunks(): AsyncGenerator<Buffer> {
    // The socket must outlive a refused body: the refusal is still to be answered over it.
    const raw: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    const content = framed
      ? decodeAwsChunked(raw, {
          onTrailer: (name, value) => trailers.set(name, value),
          ...(signedChunks && { signer }),
        })
      : raw;
    for await (const chunk of content) {
      sha256?.update(chunk);
      if (measure.update(chunk) > expectedBytes) throw s3Error("IncompleteBody");
      yield chunk;
    }
    result = measure.finish();
    verify(result);
  }

  function verify({ bytes, md5, checksum }: Measured): void {
    if (bytes !== expectedBytes) throw s3Error("IncompleteBody");
    const computed = sha256?.digest("hex");
    if (computed !== undefined && computed !== payloadHash) {
      throw s3Error("XAmzContentSHA256Mismatch", {
        ClientComputedContentSHA256: payloadHash,
        S3ComputedContentSHA256: computed,
      });
    }
    if (claimedMd5 && !claimedMd5.equals(md5)) {
      throw s3Error("BadDigest", {
        ExpectedDigest: claimedMd5.toString("base64"),
        CalculatedDigest: md5.toString("base64"),
      });
    }
    const claimed = claims.value ?? (claims.trailer ? trailers.get(claims.trailer) : undefined);
    if (claims.trailer && claimed === undefined) throw s3Error("MalformedTrailerError");
    if (claims.algorithm && claimed !== undefined) {
      checkForm(claims.algorithm, claimed);
      if (checksum(claims.algorithm) !== claimed) {
        throw s3Error("BadDigest", {
          message: `The ${claims.algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
        });
      }
    }
  }

  return {
    chunks: chunks(),
    measured: () => {
      if (!result) throw new Error("the body was not read to its end");
      return result;
    },
  };
}

/** The values of `x-amz-content-sha256` that announce an `aws-chunked` body. */
const framings = new Map([
  ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "unsigned"],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "signed"],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "signed"],
]);

const badPayloadHash = (value: string) =>
  s3Error("InvalidArgument", {
    message: `x-amz-content-sha256 must be UNSIGNED-PAYLOAD, ${[...framings.keys()].join(", ")}, or a valid sha256 value.`,
    ArgumentName: "x-amz-content-sha256",
    ArgumentValue: value,
  });

function claimedLength(headers: IncomingHttpHeaders, framed: boolean): number {
  const length = headers[framed ? "x-amz-decoded-content-length" : "content-length"];
  if (length === undefined) {
    if (framed || headers["transfer-encoding"] === undefined) throw s3Error("MissingContentLength");
    throw s3Error("NotImplemented", { Header: "Transfer-Encoding" });
  }
  const bytes = Number(length);
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw s3Error("InvalidArgument", { ArgumentValue: String(length) });
  if (bytes > maximumBytes) throw s3Error("EntityTooLarge", { ProposedSize: bytes, MaxSizeAllowed: maximumBytes });
  return bytes;
}

function parseMd5(text: string | string[] | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const digest = Buffer.from(String(text), "base64");
  if (digest.length !== 16) throw s3Error("InvalidDigest", { "Content-MD5": String(text) });
  return digest;
}

const maximumDocumentBytes = 4 * 1024 ** 2;

/** A small body as text: the XML of a bucket's configuration or of a list of keys. */
export async function readDocument(source: BodySource): Promise<string> {
  const body = openBody(source);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body.chunks) {
    bytes += chunk.length;
    if (bytes > maximumDocumentBytes)
      throw s3Error("MaxMessageLengthExceeded", { MaxMessageLengthBytes: maximumDocumentBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
