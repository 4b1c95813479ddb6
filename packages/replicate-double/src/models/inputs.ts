import { z } from "zod";

/** Inputs that many models have, with the descriptions that Replicate shows. */
export const prompt = (description: string) => z.string().describe(description);
export const seed = z.int().optional().describe("Random seed. Set for reproducible generation");
/** A URL or a data URL. The double never fetches it: the text of it becomes part of the seed. */
export const file = (description: string) => z.url().describe(description);
