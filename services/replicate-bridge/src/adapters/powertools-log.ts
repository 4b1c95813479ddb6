import { Logger } from "@aws-lambda-powertools/logger";
import type { Log } from "../log.ts";

/** One JSON object a line on stdout. */
export function createLog(): Log {
  const logger = new Logger({ serviceName: "replicate-bridge" });
  return ({ level, message, ...fields }) => {
    switch (level) {
      case "INFO":
        return logger.info(message, fields);
      case "WARN":
        return logger.warn(message, fields);
      case "ERROR":
        return logger.error(message, fields);
      default:
        return level satisfies never;
    }
  };
}
