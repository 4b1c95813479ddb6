/** One thing that a call needs to be allowed, in IAM's words. */
export interface Right {
  /** `dynamodb:PutItem` */
  action: string;
  /** An ARN, or `*` for actions that know no resources. */
  resource: string;
  /** Condition keys that are known of this call, with `undefined` for one that AWS would leave out. */
  context?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Where the account's resources are. */
export interface Place {
  region: string;
  account: string;
}

/** An operation's input before the service has checked it. */
export type Input = Readonly<Record<string, unknown>>;

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export const listOf = (value: unknown): Input[] => (Array.isArray(value) ? value.map(objectOf) : []);

export const objectOf = (value: unknown): Input =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

/** Empty for what cannot be decoded, and so the name of nothing. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
