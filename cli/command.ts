/** What a command may touch, so that a test can hand it something else. */
export interface Surroundings {
  /** Where `npm start` keeps everything. */
  dataDir: string;
  print: (line: string) => void;
  /** Ctrl-C. */
  interrupted: AbortSignal;
  now: () => number;
}

export interface Command {
  /** One line for `vsl --help`. */
  summary: string;
  usage: string;
  /** Throws `Misuse` for what the caller can put right. */
  run(args: string[], surroundings: Surroundings): Promise<void>;
}

/** Said in one line, without a stack. */
export class Misuse extends Error {}
