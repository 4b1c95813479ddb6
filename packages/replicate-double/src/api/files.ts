import { createHash, randomUUID } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { FileStore, UploadedFile } from "../files/file-store.ts";
import { isSigned } from "../files/sign-download.ts";
import { account } from "./account.ts";
import type { ApiContext, Environment } from "./environment.ts";
import { pageOf } from "./pages.ts";
import { contentTooLarge, fileNotFound, invalidParameter } from "./problem.ts";

interface Parts {
  baseUrl: string;
  clock: Clock;
  files: FileStore;
}

const LARGEST_FILE_BYTES = 100 * 1024 * 1024;
/** Boundaries, headers and metadata come on top of the file. */
const LARGEST_BODY_BYTES = LARGEST_FILE_BYTES + 1024 * 1024;
const LONGEST_NAME_BYTES = 255;
const LIFETIME_MILLISECONDS = 24 * 3_600_000;

/** What may stand in a header again, when the file is downloaded. */
const PRINTABLE = /^[\x20-\x7e]*$/;

const metadataSchema = z.record(z.string(), z.unknown());

export function fileRoutes({ baseUrl, clock, files }: Parts) {
  const present = ({ id, name, contentType, bytes, md5, sha256, metadata, createdAt, expiresAt }: UploadedFile) => ({
    id,
    name,
    content_type: contentType,
    size: bytes,
    etag: md5,
    checksums: { sha256, md5 },
    metadata,
    created_at: new Date(createdAt).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    urls: { get: `${baseUrl}/v1/files/${id}` },
  });

  const find = (id: string): UploadedFile => {
    const file = files.find(id);
    if (!file) throw fileNotFound();
    return file;
  };

  return new Hono<Environment>()
    .get("/files", (context) => context.json(pageOf(context, baseUrl, files.list().map(present))))
    .post("/files", bodyLimit({ maxSize: LARGEST_BODY_BYTES, onError: refuse }), async (context) => {
      const { content, metadata, name, contentType } = await readUpload(context);
      const createdAt = clock.now();
      const file: UploadedFile = {
        id: Buffer.from(randomUUID()).toString("base64url"),
        name,
        contentType,
        bytes: content.length,
        md5: createHash("md5").update(content).digest("hex"),
        sha256: createHash("sha256").update(content).digest("hex"),
        metadata,
        createdAt,
        expiresAt: createdAt + LIFETIME_MILLISECONDS,
      };
      files.save(file, content);
      return context.json(present(file), 201);
    })
    .get("/files/:id", (context) => context.json(present(find(context.req.param("id")))))
    .delete("/files/:id", (context) => {
      files.remove(find(context.req.param("id")).id);
      return context.body(null, 204);
    });
}

/** Whoever has a signed link may download, without a token. */
export function downloadRoutes({ files, clock, secret }: Pick<Parts, "files" | "clock"> & { secret: string }) {
  return new Hono<Environment>().get("/files/:id/download", (context) => {
    const { owner = "", expiry = "", signature = "" } = context.req.query();
    const id = context.req.param("id");
    const isAllowed = isSigned(secret, { owner, id, expiry: Number(expiry) }, signature);
    const isInTime = Number(expiry) * 1000 > clock.now();
    const file = files.find(id);
    const content = files.contentOf(id);
    if (!isAllowed || !isInTime || owner !== account.username || !file || !content) throw fileNotFound();
    return new Response(Buffer.from(content), { headers: { "content-type": file.contentType, etag: `"${file.md5}"` } });
  });
}

const refuse = (): never => {
  throw contentTooLarge();
};

async function readUpload(context: ApiContext) {
  const form = await context.req.formData().catch(() => {
    throw invalidParameter("The request body must be multipart/form-data");
  });
  const content = form.get("content");
  if (!(content instanceof File)) throw invalidParameter("content is required and must be a file");
  if (content.size > LARGEST_FILE_BYTES) throw contentTooLarge();
  const name = textOf(form.get("filename")) ?? content.name;
  if (Buffer.byteLength(name) > LONGEST_NAME_BYTES) throw invalidParameter("filename must be at most 255 bytes");
  const type = textOf(form.get("type")) ?? content.type;
  if (!PRINTABLE.test(type)) throw invalidParameter("type must be a MIME type");
  return {
    name,
    contentType: type === "" ? "application/octet-stream" : type,
    metadata: readMetadata(await textIn(form.get("metadata"))),
    content: new Uint8Array(await content.arrayBuffer()),
  };
}

const textOf = (field: File | string | null) => (typeof field === "string" ? field : undefined);
const textIn = async (field: File | string | null) => (field instanceof File ? field.text() : (field ?? "{}"));

function readMetadata(text: string): Record<string, unknown> {
  try {
    return metadataSchema.parse(JSON.parse(text));
  } catch {
    throw invalidParameter("metadata must be a JSON object");
  }
}
