import { InvokeCommand, type LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { type PreviewAnswer, previewAnswerSchema } from "@vsl/events/preview";

/** What the events would do to the service's rows. Null where the service was deployed without that function. */
export type Preview = (bodies: readonly string[]) => Promise<PreviewAnswer | null>;

export function createPreview(lambda: LambdaClient, functionName: string): Preview {
  return async (bodies) => {
    try {
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ bodies }) }),
      );
      const answer: unknown = JSON.parse(Payload?.transformToString() ?? "null");
      if (FunctionError) throw new Error(`${functionName} failed: its log says why`, { cause: answer });
      return previewAnswerSchema.parse(answer);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  };
}
