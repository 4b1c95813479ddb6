import * as z from "zod";
import { isPrivateHost } from "./private-address.ts";

/** Replicate takes inputs inline up to this; larger ones must be given by URL. */
const maxDataUrlCharacters = 256 * 1024;
const maxUrlCharacters = 2048;

const text = (maxCharacters: number) => z.string().max(maxCharacters);

export const prompt = text(5000).regex(/\S/, "must not be empty");
export const negativePrompt = text(5000).exactOptional();
export const seed = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)
  .exactOptional();
export const numOutputs = z.int().min(1).max(4).default(1);
export const outputFormat = z.enum(["webp", "jpg", "png"]).exactOptional();
export const outputQuality = z.int().min(0).max(100).exactOptional();
export const flag = z.boolean().exactOptional();
export const fraction = z.number().min(0).max(1).exactOptional();

const dataUrl = {
  image: /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/,
  audio: /^data:audio\/(wav|x-wav|mpeg|mp4|ogg|flac);base64,[A-Za-z0-9+/]+={0,2}$/,
};

/** A file that the model reads: a public https URL, or a data URL. Intake never fetches it, Replicate does. */
const file = (kind: keyof typeof dataUrl) =>
  z.string().transform((value, context) => {
    const problem = value.startsWith("data:") ? dataUrlProblem(value, kind) : urlProblem(value);
    if (problem === null) return value.startsWith("data:") ? value : new URL(value).href;
    context.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  });

export const imageFile = file("image");
export const audioFile = file("audio");

function dataUrlProblem(value: string, kind: keyof typeof dataUrl): string | null {
  if (value.length > maxDataUrlCharacters) return "a data URL may have at most 256 KB; give a https URL instead";
  return dataUrl[kind].test(value) ? null : `must be a base64 data URL of an ${kind}`;
}

function urlProblem(value: string): string | null {
  if (value.length > maxUrlCharacters) return `a URL may have at most ${maxUrlCharacters} characters`;
  if (!URL.canParse(value)) return "must be a https URL or a data URL";
  const { protocol, username, password, hostname } = new URL(value);
  if (protocol !== "https:") return "must be a https URL or a data URL";
  if (username || password) return "must not carry a user name or password";
  return isPrivateHost(hostname) ? "must be a public address" : null;
}
