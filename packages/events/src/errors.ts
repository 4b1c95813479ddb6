/** The caller's fault. `code` is stable; it becomes a 4xx at the HTTP edge, is never retried and never alarms. */
export class Rejected extends Error {
  readonly code: string;
  readonly fields: readonly { path: string; message: string }[];

  constructor(code: string, message: string, fields: readonly { path: string; message: string }[] = []) {
    super(message);
    this.name = "Rejected";
    this.code = code;
    this.fields = fields;
  }
}

/** No repetition can help. The delivery goes to the dead letters with this message as its reason. */
export class Permanent extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Permanent";
  }
}

/** Worth another try, but not before `afterSeconds`. Every other throw is retried with the queue's own back-off. */
export class RetryLater extends Error {
  readonly afterSeconds: number;

  constructor(message: string, { afterSeconds, ...options }: ErrorOptions & { afterSeconds: number }) {
    super(message, options);
    this.name = "RetryLater";
    this.afterSeconds = afterSeconds;
  }
}
