import { describe, expect, test } from "vitest";
import { decodeAwsChunked } from "./aws-chunked.ts";
import { createSigner, sha256Hex } from "./signature.ts";

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function decodeAll(text: string | Buffer, pieceLength: number, signer?: ReturnType<typeof createSigner>) {
  const trailers: Record<string, string> = {};
  const options = {
    onTrailer: (name: string, value: string) => {
      trailers[name] = value;
    },
    ...(signer && { signer }),
  };
  const chunks: Buffer[] = [];
  for await (const chunk of decodeAwsChunked(inPieces(Buffer.from(text), pieceLength), options)) chunks.push(chunk);
  return { content: Buffer.concat(chunks).toString(), trailers };
}

describe("a body in chunks", () => {
  const framed = "5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";

  test.each([1, 2, 3, 7, 1000])("is unwrapped however it arrives, here %i bytes at a time", async (length) => {
    expect(await decodeAll(framed, length)).toEqual({
      content: "hello world",
      trailers: { "x-amz-checksum-crc32": "DUoRhQ==" },
    });
  });

  test.each([
    ["without its last chunk", "5\r\nhello\r\n"],
    ["cut in a chunk", "5\r\nhel"],
    ["with a length that is none", "x\r\nhello\r\n0\r\n\r\n"],
    ["with a chunk longer than it says", "4\r\nhello\r\n0\r\n\r\n"],
    ["with an endless line", "1".repeat(10_000)],
  ])("is incomplete %s", async (_, text) => {
    await expect(decodeAll(text, 4)).rejects.toMatchObject({ code: "IncompleteBody" });
  });
});

/** The example of AWS's "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks". */
describe("a body in signed chunks", () => {
  const signer = createSigner(
    {
      method: "PUT",
      path: "/examplebucket/chunkObject.txt",
      pairs: [],
      headers: {
        host: "s3.amazonaws.com",
        "content-encoding": "aws-chunked",
        "content-length": "66824",
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "x-amz-date": "20130524T000000Z",
        "x-amz-decoded-content-length": "66560",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
      },
      signedHeaders: [
        "content-encoding",
        "content-length",
        "host",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-decoded-content-length",
        "x-amz-storage-class",
      ],
      payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      timestamp: "20130524T000000Z",
      scope: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", date: "20130524", region: "us-east-1" },
    },
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  );
  const signatures = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
  ];
  const framed = (chunks: string[]) =>
    [...chunks, ""]
      .map((chunk, index) => `${chunk.length.toString(16)};chunk-signature=${signatures[index]}\r\n${chunk}\r\n`)
      .join("");
  const chunks = ["a".repeat(65_536), "a".repeat(1024)];

  test("has the signatures of AWS's example", async () => {
    expect(signer.signature).toBe("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
    expect((await decodeAll(framed(chunks), 8000, signer)).content).toHaveLength(66_560);
  });

  test("is refused when a byte of a chunk is another", async () => {
    const tampered = framed(["a".repeat(65_536), `b${"a".repeat(1023)}`]);
    await expect(decodeAll(tampered, 8000, signer)).rejects.toMatchObject({ code: "SignatureDoesNotMatch" });
  });

  test("is refused when its trailer is not the signed one", async () => {
    const last = signatures[2] ?? "";
    const trailer = "x-amz-checksum-crc32:AAAAAA==";
    const body = (signature: string) =>
      `${framed(chunks).slice(0, -2)}${trailer}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`;
    const signed = signer.signTrailer(last, sha256Hex(`${trailer}\n`));
    expect((await decodeAll(body(signed), 8000, signer)).trailers).toEqual({ "x-amz-checksum-crc32": "AAAAAA==" });
    const unsigned = `${framed(chunks).slice(0, -2)}${trailer}\r\n\r\n`;
    for (const forged of [body("0".repeat(64)), unsigned]) {
      await expect(decodeAll(forged, 8000, signer)).rejects.toMatchObject({ code: "SignatureDoesNotMatch" });
    }
  });
});
