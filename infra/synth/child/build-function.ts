import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { build } from "esbuild";

export interface BuildRequest {
  functionID: string;
  handler: string;
  /** By link name. */
  links: Record<string, unknown>;
  properties?: { format?: string; minify?: boolean; esbuild?: { external?: string[] }; banner?: string };
}

export interface BuildAnswer {
  handler: string;
  out: string;
  errors: string[];
  sourcemaps: string[];
  /** Bytes of the bundle; only when it was really made. */
  bytes?: number;
}

const sourceExtensions = [".ts", ".tsx", ".mts", ".js", ".mjs"];

/** `Runtime.Build` of SST's CLI: finds the handler's source and, on request, really bundles it with SST's settings. */
export async function buildFunction(
  request: BuildRequest,
  { root, work, really }: { root: string; work: string; really: boolean },
): Promise<BuildAnswer> {
  const out = join(work, "artifacts", `${request.functionID}-src`);
  mkdirSync(out, { recursive: true });
  const exported = extname(request.handler);
  const base = join(root, request.handler.slice(0, -exported.length));
  const source = sourceExtensions.map((extension) => base + extension).find((file) => existsSync(file));
  if (!source) return { handler: "", out, errors: [`Handler not found: ${request.handler}`], sourcemaps: [] };
  const answer = { handler: `bundle${exported}`, out, errors: [], sourcemaps: [] };
  writeFileSync(join(out, "resource.enc"), Buffer.alloc(64));
  const outfile = join(out, "bundle.mjs");
  if (!really) {
    writeFileSync(outfile, `export const ${exported.slice(1)} = async () => {};\n`);
    return answer;
  }
  const { properties = {} } = request;
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "esnext",
    keepNames: true,
    minify: properties.minify === true,
    mainFields: ["module", "main"],
    external: ["sharp", "pg-native", ...(properties.esbuild?.external ?? [])],
    banner: {
      js: `import { createRequire as c } from 'module';const require = c(import.meta.url);${properties.banner ?? ""}`,
    },
    logLevel: "silent",
  });
  return { ...answer, bytes: statSync(outfile).size };
}
