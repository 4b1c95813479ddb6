import { AwsError } from "../endpoint/aws-error.ts";
import type { Right } from "./right.ts";

interface Denied {
  identityArn: string;
  right: Right;
  explicit: boolean;
}

const framework = "com.amazon.coral.service#";

/** Each service refuses in its own form and with small differences of its own in the one sentence. */
export function denial({ identityArn, right, explicit }: Denied): AwsError {
  const { action, resource } = right;
  const [prefix = ""] = action.split(":");
  switch (prefix) {
    case "s3":
      return new AwsError("AccessDenied", sentence(action, ` on resource: "${resource}"`), { status: 403 });
    case "sqs":
      return new AwsError("AccessDenied", sentence(action.toLowerCase(), ` on resource: ${resource}`), {
        status: 403,
        type: `${framework}AccessDeniedException`,
        queryCode: "AccessDenied",
      });
    case "cloudwatch":
      return new AwsError("AccessDenied", sentence(action, ""), {
        status: 403,
        type: `${framework}AccessDeniedException`,
        queryCode: "AccessDenied",
      });
    case "dynamodb":
      return new AwsError("AccessDeniedException", sentence(action, ` on resource: ${resource}`), {
        type: `${framework}AccessDeniedException`,
      });
    case "lambda":
      return new AwsError("AccessDeniedException", sentence(action, ` on resource: ${resource}`), { status: 403 });
    default:
      return new AwsError("AccessDeniedException", sentence(action, ` on resource: ${resource}`));
  }

  function sentence(asked: string, where: string): string {
    const reason = explicit
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${asked} action`;
    return `User: ${identityArn} is not authorized to perform: ${asked}${where} ${reason}`;
  }
}
