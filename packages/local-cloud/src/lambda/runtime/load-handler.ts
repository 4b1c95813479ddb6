import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export type Handler = (event: unknown, context: object) => unknown;

const extensions = [".ts", ".mts", ".js", ".mjs", ".cjs"];

const runtimeError = (name: string, message: string) => Object.assign(new Error(message), { name });

/** Imports `services/intake/src/http.handler`: a module below `root` without its extension, a dot, and the export. */
export async function loadHandler(root: string, handler: string): Promise<Handler> {
  const dot = handler.lastIndexOf(".");
  const path = join(root, handler.slice(0, dot));
  const name = handler.slice(dot + 1);
  const file = extensions.map((extension) => path + extension).find((candidate) => existsSync(candidate));
  if (dot < 1 || file === undefined) {
    throw runtimeError("Runtime.ImportModuleError", `Error: Cannot find module '${handler.slice(0, dot)}'`);
  }
  const module: Record<string, unknown> = await import(pathToFileURL(file).href);
  const exported = module[name];
  if (exported === undefined) {
    throw runtimeError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (!isFunction(exported)) throw runtimeError("Runtime.HandlerNotFound", `${handler} is not a function`);
  if (exported.length >= 3) {
    throw runtimeError(
      "Runtime.CallbackHandlerDeprecated",
      `${handler} takes a callback, which Lambda no longer supports from Node.js 24 on. Return a promise instead.`,
    );
  }
  return exported;
}

const isFunction = (value: unknown): value is Handler => typeof value === "function";
