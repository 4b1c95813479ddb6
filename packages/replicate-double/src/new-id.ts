import { randomInt } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** 26 lowercase characters, as Replicate names predictions. */
export const newId = () => Array.from({ length: 26 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
