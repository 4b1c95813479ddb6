import { z } from "zod";

/** What Lambda's Node runtime answers for a function that failed. */
const functionErrorSchema = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  /** Absent for what Lambda itself says of a process that is gone. */
  trace: z.array(z.string()).optional(),
});

export type FunctionError = z.infer<typeof functionErrorSchema>;

export type Outcome =
  | { kind: "returned"; payload: unknown }
  | { kind: "failed"; error: FunctionError }
  /** Lambda's TooManyRequestsException: the function never saw the event. */
  | { kind: "throttled" };

/** Host → runtime. Events travel as JSON text, so that a handler sees exactly what JSON can carry. */
export interface Invocation {
  requestId: string;
  functionName: string;
  functionArn: string;
  handler: string;
  memoryMegabytes: number;
  deadlineAt: number;
  event: string;
  /** JSON. */
  clientContext: string | undefined;
}

export interface InvokeOptions {
  /** Attempts of one asynchronous invocation share theirs. */
  requestId?: string;
  /** JSON, as the caller's SDK sends it. */
  clientContext?: string | undefined;
}

/** The runtime's argument: what to load before it says `ready`. */
export interface RuntimeArguments {
  root: string;
  handlers: string[];
}

/** Runtime → host. Checked, because a handler may call `process.send` too. */
export const runtimeMessageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("ready"),
    initMs: z.number(),
    unloadable: z.array(z.object({ handler: z.string(), error: functionErrorSchema })),
  }),
  z.object({ type: z.literal("returned"), requestId: z.string(), payload: z.string() }),
  z.object({ type: z.literal("failed"), requestId: z.string(), error: functionErrorSchema }),
]);

export type RuntimeMessage = z.infer<typeof runtimeMessageSchema>;

export const functionArn = (region: string, account: string, name: string) =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;
