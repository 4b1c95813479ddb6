import { AwsError } from "../endpoint/aws-error.ts";

/** CloudWatch's error names on the JSON wire, each with the code that it had in the Query protocol. */
const error = (code: string, queryCode: string) => (message: string) => new AwsError(code, message, { queryCode });

/** AWS says no more than this. */
export const resourceNotFound = () =>
  new AwsError("ResourceNotFound", "", { status: 404, queryCode: "ResourceNotFound" });

export const missingParameter = error("MissingRequiredParameterException", "MissingParameter");
export const invalidValue = error("InvalidParameterValueException", "InvalidParameterValue");
export const invalidCombination = error("InvalidParameterCombinationException", "InvalidParameterCombination");
export const invalidNextToken = error("InvalidNextToken", "InvalidNextToken");
export const validation = error("ValidationException", "ValidationError");
export const invalidFormat = error("InvalidFormatFault", "InvalidFormat");
export const malformedInput = error("SerializationException", "MalformedInput");
