import { completesAt, hasExpired, type Prediction } from "./prediction.ts";

/** The pieces of a text that are there by now: they come evenly over the run, the last at its end. */
function piecesGiven(prediction: Prediction, now: number): string[] {
  const { order, state } = prediction;
  if (order.drawing.kind !== "text" || !("startedAt" in state) || state.startedAt === null) return [];
  const { pieces } = order.drawing;
  const until = "completedAt" in state ? state.completedAt : now;
  const wholeRun = completesAt(state.startedAt, prediction) - state.startedAt;
  const part = wholeRun === 0 ? 1 : (until - state.startedAt) / wholeRun;
  return pieces.slice(0, Math.max(0, Math.floor(part * pieces.length)));
}

/** Whether its output comes piece by piece, to be streamed. */
export const isStreamed = ({ order }: Prediction): boolean => order.output === "string iterator";

/** Links to files in the shape that the model gives them; null without files. */
export function linksTo({ id, order }: Prediction, names: readonly string[], baseUrl: string): unknown {
  const urls = names.map((name) => `${baseUrl}/delivery/${id}/${name}`);
  if (urls.length === 0) return null;
  if (order.output === "uri") return urls[0];
  if (order.output === "uri[]") return urls;
  return Object.fromEntries(names.map((name, index) => [name.replace(/\.\w+$/, ""), urls[index]]));
}

/** The `output` of a prediction at this moment: null until there is some, and again when its data are removed. */
export function outputAt(prediction: Prediction, { now, baseUrl }: { now: number; baseUrl: string }): unknown {
  const { state, order } = prediction;
  if (hasExpired(prediction, now) || state.status === "failed") return null;
  if (isStreamed(prediction) && !("instead" in state)) {
    const pieces = piecesGiven(prediction, now);
    return pieces.length === 0 ? null : pieces;
  }
  if (state.status !== "succeeded") return null;
  if (state.instead) return state.instead.output;
  switch (order.drawing.kind) {
    case "text":
      return order.drawing.pieces.join("");
    case "value":
      return order.drawing.value;
    default:
      return linksTo(prediction, state.outputNames, baseUrl);
  }
}
