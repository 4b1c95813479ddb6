import { AwsError } from "../endpoint/aws-error.ts";

/** SQS answers faults of parameters with the types of AWS's own framework, and its modelled errors with its own. */
const framework = "com.amazon.coral.service#";

const modelled = (code: string, message: string, options: { status?: number; queryCode?: string } = {}) =>
  new AwsError(code, message, {
    status: options.status ?? 400,
    queryCode: options.queryCode ?? `AWS.SimpleQueueService.${code}`,
  });

export const invalidParameter = (message: string) =>
  new AwsError("InvalidParameterValue", message, {
    type: `${framework}InvalidParameterValueException`,
    queryCode: "InvalidParameterValue",
  });

export const invalidValue = (value: string | number, parameter: string, reason: string) =>
  invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);

/** A parameter that only the other kind of queue, standard or FIFO, takes. */
export const notForThisQueueType = (value: string | number, parameter: string) =>
  invalidValue(value, parameter, "The request include parameter that is not valid for this queue type.");

export const missingParameter = (parameter: string) =>
  new AwsError("MissingParameter", `The request must contain the parameter ${parameter}.`, {
    type: `${framework}MissingRequiredParameterException`,
    queryCode: "MissingParameter",
  });

export const malformedInput = (message: string) =>
  new AwsError("SerializationException", message, {
    type: `${framework}SerializationException`,
    queryCode: "MalformedInput",
  });

export const unsupported = (message: string) => modelled("UnsupportedOperation", message);

export const queueDoesNotExist = () =>
  modelled("QueueDoesNotExist", "The specified queue does not exist.", {
    queryCode: "AWS.SimpleQueueService.NonExistentQueue",
  });

export const queueNameExists = (attribute: string) =>
  modelled(
    "QueueNameExists",
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { queryCode: "QueueAlreadyExists" },
  );

export const queueDeletedRecently = () =>
  modelled(
    "QueueDeletedRecently",
    "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
  );

export const purgeQueueInProgress = (name: string) =>
  modelled("PurgeQueueInProgress", `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`, {
    status: 403,
  });

export const unknownAttribute = (name: string) =>
  modelled("InvalidAttributeName", `Unknown Attribute ${name}.`, { queryCode: "InvalidAttributeName" });

export const oneEncryption = () =>
  modelled(
    "InvalidAttributeName",
    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    { queryCode: "InvalidAttributeName" },
  );

export const invalidAttribute = (name: string) =>
  modelled("InvalidAttributeValue", `Invalid value for the parameter ${name}.`, { queryCode: "InvalidAttributeValue" });

export const invalidReceiptHandle = () =>
  modelled("ReceiptHandleIsInvalid", "The input receipt handle is invalid.", {
    status: 404,
    queryCode: "ReceiptHandleIsInvalid",
  });

export const invalidMessageContents = (character: string) =>
  modelled(
    "InvalidMessageContents",
    `Invalid binary character '#x${character}' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].`,
    { queryCode: "InvalidMessageContents" },
  );

const overLimit = (message: string) => modelled("OverLimit", message, { status: 403, queryCode: "OverLimit" });

export const tooManyInFlight = () => overLimit("Too many messages in flight for this queue.");

export const tooManyActions = (count: number) => overLimit(`${count} Actions were found, maximum allowed is 7.`);

export const emptyBatch = (entryShape: string) =>
  modelled("EmptyBatchRequest", `There should be at least one ${entryShape} in the request.`);

export const tooManyEntries = (count: number) =>
  modelled("TooManyEntriesInBatchRequest", `Maximum number of entries per request are 10. You have sent ${count}.`);

export const invalidBatchEntryId = () =>
  modelled(
    "InvalidBatchEntryId",
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
  );

export const repeatedBatchEntryId = (id: string) => modelled("BatchEntryIdsNotDistinct", `Id ${id} repeated.`);

export const batchTooLong = (limitBytes: number, bytes: number) =>
  modelled(
    "BatchRequestTooLong",
    `Batch requests cannot be longer than ${limitBytes} bytes. You have sent ${bytes} bytes.`,
  );

export const resourceNotFound = (message: string) =>
  modelled("ResourceNotFoundException", message, { status: 404, queryCode: "ResourceNotFoundException" });
