import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { z } from "zod";

const answerSchema = z.object({ pending: z.array(z.string()) });

/** Asked of the ledger itself, since nobody else reads its store. Null from a ledger that was deployed before it could tell. */
export async function askPending(lambda: LambdaClient, functionName: string): Promise<string[] | null> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ check: true }) }),
  );
  if (FunctionError) throw new Error(`${functionName} failed: its log says why`);
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? "null");
  return answerSchema.safeParse(answer).data?.pending ?? null;
}
