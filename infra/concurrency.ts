import { isDeployedStage } from "./names";

/**
 * A share of the account's concurrency that is this function's alone, and its ceiling: a flood of one starves nobody else.
 * Personal stages do without, since a new AWS account has only ten to share out.
 */
export const reserve = (atOnce: number) => (isDeployedStage() ? { reserved: atOnce } : undefined);
