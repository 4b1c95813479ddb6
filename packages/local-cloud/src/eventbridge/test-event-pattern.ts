import { z } from "zod";
import { type Operations, parseInput, patternText, validationError } from "./input.ts";
import { compilePattern } from "./pattern/compile-pattern.ts";
import { flattenEvent } from "./pattern/flatten-event.ts";
import { isObject } from "./pattern/scalar.ts";

const testInput = z.object({ EventPattern: patternText, Event: z.string() });

export const testEventPattern: Operations = {
  TestEventPattern(input) {
    const { EventPattern, Event } = parseInput(testInput, input);
    const matches = compilePattern(EventPattern);
    return { Result: matches(flattenEvent(readEvent(Event))) };
  },
};

function readEvent(json: string): unknown {
  try {
    const event: unknown = JSON.parse(json);
    if (isObject(event)) return event;
  } catch {
    // Answered below, like JSON that is no object.
  }
  throw validationError("Parameter Event is not valid.");
}
