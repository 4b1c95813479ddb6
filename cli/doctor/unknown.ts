import { randomUUID } from "node:crypto";

/** Reads as a job's id (a UUID of version 7), and is nobody's. */
export const unknownJobId = () => randomUUID().replace(/^(.{14})4/, "$17");
