import { parseCredential, secretOf, unsupportedMechanism } from "./authenticate.ts";
import { s3Error } from "./s3-error.ts";
import { sameSignature, signPolicy } from "./signature.ts";

const signatureFields = ["X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"];

/** Verifies that the form's policy was signed by one of our keys, and tells which. */
export function authenticateForm(
  fields: ReadonlyMap<string, string>,
  secrets: ReadonlyMap<string, string>,
): { policy: string; accessKeyId: string } {
  const has = (name: string) => fields.has(name.toLowerCase());
  if (has("Signature") || has("AWSAccessKeyId")) throw unsupportedMechanism();
  if (!signatureFields.some(has)) throw s3Error("AccessDenied");
  const field = (name: string) => {
    const value = fields.get(name.toLowerCase());
    if (value === undefined) throw missingField(name);
    return value;
  };
  const policy = field("policy");
  const [signature = "", algorithm, credential, timestamp = ""] = signatureFields.map(field);
  const scope = parseCredential(credential);
  if (algorithm !== "AWS4-HMAC-SHA256") throw s3Error("AuthorizationQueryParametersError", { message: onlyAlgorithm });
  if (!scope) throw s3Error("AuthorizationQueryParametersError", { message: badCredential });
  if (!/^\d{8}T\d{6}Z$/.test(timestamp) || !timestamp.startsWith(scope.date)) {
    throw s3Error("AuthorizationQueryParametersError", { message: badDate });
  }
  const { accessKeyId } = scope;
  if (sameSignature(signPolicy(policy, scope, secretOf(secrets, scope)), signature)) return { policy, accessKeyId };
  throw s3Error("SignatureDoesNotMatch", {
    AWSAccessKeyId: accessKeyId,
    StringToSign: policy,
    SignatureProvided: signature,
    StringToSignBytes: Buffer.from(policy)
      .toString("hex")
      .replace(/(..)(?=.)/g, "$1 "),
  });
}

const onlyAlgorithm = 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"';
const badCredential =
  'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".';
const badDate = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\", on the day of the credential";

const missingField = (name: string) =>
  s3Error("InvalidArgument", {
    message: `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    ArgumentName: name,
    ArgumentValue: "",
  });
