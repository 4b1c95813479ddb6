/** Where the evaluated app stands: no account of anybody's. */
export const region = "us-east-1";
export const account = "000000000000";
export const arnOf = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
