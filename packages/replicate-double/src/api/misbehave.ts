import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { MiddlewareHandler } from "hono";
import type { Subject } from "../faults/fault.ts";
import type { Faults } from "../faults/faults.ts";
import type { ApiContext, Environment } from "./environment.ts";
import type { Pause } from "./pause.ts";
import { usualProblem } from "./problem.ts";

interface Parts {
  faults: Faults;
  pause: Pause;
  /** What the request is about, as far as it can be known before it is handled. */
  subjectOf: (context: ApiContext) => Promise<Subject>;
}

/** The planted faults of whole requests: false answers, cut connections, hangs. */
export function misbehave({ faults, pause, subjectOf }: Parts): MiddlewareHandler<Environment> {
  const cut = (context: ApiContext) => {
    context.set("connectionCut", true);
    context.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  };

  return async (context, next) => {
    const fault = faults.strike(["status", "reset", "hang"], await subjectOf(context));
    switch (fault?.kind) {
      case undefined:
        return next();
      case "status": {
        const { status, headers } = fault;
        const body = fault.body ?? usualProblem(status)?.body;
        return typeof body === "string" || body === undefined
          ? new Response(body ?? null, { status, headers })
          : Response.json(body, { status, headers });
      }
      case "reset":
        if (fault.when === "after") await next();
        return cut(context);
      case "hang":
        if (fault.when === "after") await next();
        await pause(fault.ms);
        if (fault.when === "after") return;
        return context.env.incoming.socket.destroyed ? cut(context) : next();
      default:
        return fault satisfies never;
    }
  };
}
