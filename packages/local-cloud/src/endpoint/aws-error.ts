/** An error as AWS answers it: `code` is what SDK clients put in `error.name`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members beside `__type` and `message`, such as `CancellationReasons`. */
  readonly members: Record<string, unknown>;
  /** The whole `__type`, where it is not the service's namespace and `code`. */
  readonly type: string | undefined;
  /** The code that services which once spoke the Query protocol (SQS, CloudWatch) give in `x-amzn-query-error`. */
  readonly queryCode: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { status?: number; members?: Record<string, unknown>; type?: string; queryCode?: string } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
    this.type = options.type;
    this.queryCode = options.queryCode;
  }
}
