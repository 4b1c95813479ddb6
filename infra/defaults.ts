import { allow } from "./permissions";

/** What holds for every function; a service says only what differs. */
export function functionDefaults(): void {
  $transform(sst.aws.Function, (args) => {
    const isInside = args.vpc !== undefined;
    args.runtime ??= "nodejs24.x";
    args.architecture ??= "arm64";
    args.memory ??= "512 MB";
    args.logging ??= { format: "json", retention: $app.stage === "prod" ? "3 months" : "2 weeks" };
    // Unset, SST 4.17 does not minify, whatever its documentation says.
    args.nodejs ??= { minify: true, sourcemap: true };
    args.environment = $util.output(args.environment ?? {}).apply((environment) => ({
      NODE_OPTIONS: "--enable-source-maps",
      ...(isInside ? leaveByIpv6 : {}),
      ...environment,
    }));
    args.permissions = $util.output(args.permissions ?? []).apply((permissions) => [...permissions, allowTraces]);
    const own = args.transform?.function;
    args.transform = {
      ...args.transform,
      function: (fn, options, name) => {
        fn.tracingConfig = { mode: "Active" };
        // That a function began and ended well is in its metrics; each line of log is billed.
        fn.loggingConfig = $util.output(fn.loggingConfig).apply((config) => ({
          ...(config ?? { logFormat: "JSON" }),
          systemLogLevel: "WARN",
        }));
        if (fn.vpcConfig) {
          fn.vpcConfig = $util.output(fn.vpcConfig).apply((vpc) => ({ ...vpc, ipv6AllowedForDualStack: true }));
        }
        if (typeof own === "function") own(fn, options, name);
      },
    };
  });
}

/** The network has no way out over IPv4: without these, the SDK would try that first, and wait. */
const leaveByIpv6 = {
  NODE_OPTIONS: "--enable-source-maps --dns-result-order=ipv6first",
  AWS_USE_DUALSTACK_ENDPOINT: "true",
};

/** X-Ray knows no resources. */
const allowTraces = allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*");
