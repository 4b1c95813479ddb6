/** What holds for every function; a service says only what differs. */
export function functionDefaults(): void {
  $transform(sst.aws.Function, (args) => {
    args.runtime ??= "nodejs24.x";
    args.architecture ??= "arm64";
    args.memory ??= "512 MB";
    args.logging ??= { format: "json", retention: $app.stage === "prod" ? "3 months" : "2 weeks" };
    // Unset, SST 4.17 does not minify, whatever its documentation says.
    args.nodejs ??= { minify: true, sourcemap: true };
    args.environment = $util.output(args.environment ?? {}).apply((environment) => ({
      NODE_OPTIONS: "--enable-source-maps",
      ...environment,
    }));
  });
}
