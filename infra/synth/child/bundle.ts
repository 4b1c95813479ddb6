import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** What the bundles that SST's CLI makes of a config begin with. */
const banner = `
import { createRequire as topLevelCreateRequire } from 'module';
const require = topLevelCreateRequire(import.meta.url);
import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"
const __filename = topLevelFileUrlToPath(import.meta.url)
const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))
`;

const external = [
  "@pulumi/*",
  "undici",
  "@pulumiverse/*",
  "@sst-provider/*",
  "@aws-sdk/*",
  "esbuild",
  "archiver",
  "glob",
  "vite",
];

export interface ConfigBundle {
  root: string;
  platform: string;
  outfile: string;
  code: string;
  define: Record<string, string>;
  inject?: string[];
  /** Imports put before every file of ours: SST's globals. */
  globals?: string;
  prologue?: string;
}

/** Bundles as SST's CLI does: into the platform folder, so that its packages resolve from there. */
export async function bundleConfig(options: ConfigBundle): Promise<void> {
  await build({
    stdin: { contents: options.code, resolveDir: options.root, sourcefile: "synth.ts", loader: "ts" },
    banner: { js: banner + (options.prologue ?? "") },
    mainFields: ["module", "main"],
    format: "esm",
    platform: "node",
    sourcemap: "inline",
    nodePaths: [join(options.platform, "node_modules")],
    external,
    define: options.define,
    inject: options.inject ?? [],
    outfile: options.outfile,
    bundle: true,
    logLevel: "silent",
    plugins: [
      {
        name: "sst-globals",
        setup({ onLoad }) {
          onLoad({ filter: /\.(js|ts|jsx|tsx)$/ }, async ({ path }) => ({
            contents: (path.includes(".sst") ? "" : `${options.globals ?? ""}\n`) + (await readFile(path, "utf8")),
            loader: "default",
          }));
        },
      },
    ],
  });
}
