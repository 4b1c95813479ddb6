/** An error as AWS answers it: `code` is what SDK clients put in `error.name`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members beside `__type` and `message`, such as `CancellationReasons`. */
  readonly members: Record<string, unknown>;

  constructor(code: string, message: string, options: { status?: number; members?: Record<string, unknown> } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
  }
}
