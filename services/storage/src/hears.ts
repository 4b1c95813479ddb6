import { PredictionCompleted } from "@vsl/events";

export const hears = [PredictionCompleted] as const;
