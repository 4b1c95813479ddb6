let made: sst.Linkable<{ baseUrl: string; outputHosts: string }> | undefined;

/** Replicate, as the bridge calls it and as storage lets it serve outputs. On one machine these are the double's. */
export function upstream() {
  made ??= new sst.Linkable("Replicate", {
    properties: {
      baseUrl: "https://api.replicate.com/v1",
      // Comma-separated; seen as hosts of outputs: replicate.delivery and pbxt.replicate.delivery.
      outputHosts: "replicate.delivery,*.replicate.delivery",
    },
  });
  return made;
}
