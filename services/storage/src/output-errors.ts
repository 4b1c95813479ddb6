import type { Failure } from "@vsl/events";

/** Why an output can never be stored; stable codes for callers. */
export type LossCode =
  | "output_missing"
  | "output_expired"
  | "output_too_large"
  | "output_host_refused"
  | "output_type_refused";

/** This output cannot be stored, however often it is tried. Thrown because it must also stop a stream half-way. */
export class OutputLost extends Error {
  readonly failure: Failure & { code: LossCode };

  constructor(code: LossCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OutputLost";
    this.failure = { code, message };
  }
}

/** The output could not be read this time: upstream is away, slow, or broke off. Worth another try until it expires. */
export class OutputUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OutputUnreachable";
  }
}
