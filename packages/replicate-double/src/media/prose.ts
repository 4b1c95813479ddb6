import { randomFrom } from "../seed.ts";

const nouns = ["harbour", "lantern", "river", "orchard", "engine", "letter", "mountain", "violin", "storm", "garden"];
const qualities = ["quiet", "patient", "golden", "distant", "careful", "restless", "small", "bright", "old", "gentle"];
const deeds = ["waits for", "remembers", "follows", "answers", "carries", "forgives", "outlives", "explains"];

/** Plain English sentences, as tokens that are to be joined as they are; the same seed gives the same words. */
export function writeProse({ tokens, seed }: { tokens: number; seed: number }): string[] {
  const random = randomFrom(seed);
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? "";
  const written: string[] = [];
  while (written.length < tokens) {
    const lead = written.length === 0 ? "The" : " The";
    const words = [lead, ` ${pick(qualities)}`, ` ${pick(nouns)}`, ` ${pick(deeds)}`, " the", ` ${pick(nouns)}`, "."];
    written.push(...words);
  }
  return written.slice(0, tokens);
}

/** About four characters are a token. */
export const tokensOf = (text: string): number => Math.max(1, Math.ceil(text.length / 4));
