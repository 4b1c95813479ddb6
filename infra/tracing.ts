/**
 * Joins a trace and begins none: for what runs by the clock and for links to media, since nobody follows a job through them and
 * X-Ray bills by the trace.
 */
export const beginsNoTrace: sst.aws.FunctionArgs["transform"] = {
  function: (fn) => {
    fn.tracingConfig = { mode: "PassThrough" };
  },
};
