import { z } from "zod";
import { isBusArn, serviceOf } from "./arns.ts";
import { resourceName, someArn, unsupported, validationError } from "./input.ts";
import { parsePath } from "./target-input.ts";

export const targetSchema = z.object({
  Id: resourceName(64),
  Arn: someArn,
  RoleArn: someArn.optional(),
  Input: z.string().max(8192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .object({
      InputPathsMap: z.record(z.string().regex(/^[A-Za-z0-9_-]+$/), z.string().max(256)).optional(),
      InputTemplate: z.string().min(1).max(8192),
    })
    .optional(),
  SqsParameters: z.object({ MessageGroupId: z.string().optional() }).optional(),
  DeadLetterConfig: z.object({ Arn: someArn.optional() }).optional(),
  RetryPolicy: z
    .object({
      MaximumRetryAttempts: z.int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).optional(),
    })
    .optional(),
});

export type Target = z.infer<typeof targetSchema>;

export const readTarget = (settings: string): Target => targetSchema.parse(JSON.parse(settings));

/** What AWS finds wrong with a target beyond the shape of its members. */
export function checkTarget(target: Target): void {
  const { Id, Arn, Input, InputPath, InputTransformer, SqsParameters } = target;
  if (!/^arn:[\w-]+:[\w-]+:/.test(Arn)) {
    throw validationError(`Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  const service = serviceOf(Arn);
  if (service !== "sqs" && service !== "lambda" && !isBusArn(Arn)) {
    throw unsupported(`PutTargets with the target ${Arn}`);
  }
  const inputs = [Input, InputPath, InputTransformer].filter((member) => member !== undefined);
  if (inputs.length > 1) {
    throw validationError(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  if (inputs.length > 0 && isBusArn(Arn)) {
    throw validationError(`Modifying the input for target ${Id} is not supported.`);
  }
  if (service === "sqs" && Arn.endsWith(".fifo") && SqsParameters?.MessageGroupId === undefined) {
    throw validationError(`Parameter(s) SqsParameters must be specified for target: ${Id}.`);
  }
  if (Input !== undefined && !isJson(Input)) {
    throw validationError(`JSON syntax error in input for target ${Id} : malformed JSON`);
  }
  const paths = [
    ...(InputPath === undefined ? [] : [InputPath]),
    ...Object.values(InputTransformer?.InputPathsMap ?? {}),
  ];
  for (const path of paths) {
    if (parsePath(path) === undefined) throw validationError(`Invalid InputPath for target ${Id} : ${path}.`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
