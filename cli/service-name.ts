import { type ServiceName, serviceNames } from "@vsl/events";
import { Misuse } from "./command.ts";

export function readServiceName(given: string | undefined): ServiceName {
  const found = serviceNames.find((name) => name === given);
  if (!found) throw new Misuse(`--service must be one of ${serviceNames.join(", ")}.`);
  return found;
}
