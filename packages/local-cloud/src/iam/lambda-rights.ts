import { decoded, type Place, type Right } from "./right.ts";

const invocations = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/;
const oneFunction = /^\/2015-03-31\/functions\/([^/]+)(\/configuration)?\/?$/;

/** What a call of Lambda's REST API needs. */
export function lambdaRights(method: string, url: string, { region, account }: Place): Right[] {
  const path = url.split("?")[0] ?? "";
  // A function is named by its name or its ARN, with or without a version.
  const arnOf = (given = "") => {
    const [name] = decoded(given)
      .replace(/^.*:?function:/, "")
      .split(":");
    return `arn:aws:lambda:${region}:${account}:function:${name}`;
  };
  const invoked = invocations.exec(path);
  if (method === "POST" && invoked) return [{ action: "lambda:InvokeFunction", resource: arnOf(invoked[1]) }];
  const described = oneFunction.exec(path);
  if (method === "GET" && described) {
    const action = described[2] === undefined ? "lambda:GetFunction" : "lambda:GetFunctionConfiguration";
    return [{ action, resource: arnOf(described[1]) }];
  }
  return [{ action: method === "GET" ? "lambda:ListFunctions" : `lambda:${method}`, resource: "*" }];
}
