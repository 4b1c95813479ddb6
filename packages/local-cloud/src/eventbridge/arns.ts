export interface Place {
  region: string;
  account: string;
}

const resource = ({ region, account }: Place, path: string) => `arn:aws:events:${region}:${account}:${path}`;

export const busArn = (place: Place, bus: string) => resource(place, `event-bus/${bus}`);
export const ruleArn = (place: Place, bus: string, rule: string) =>
  resource(place, bus === "default" ? `rule/${rule}` : `rule/${bus}/${rule}`);
export const archiveArn = (place: Place, archive: string) => resource(place, `archive/${archive}`);
export const replayArn = (place: Place, replay: string) => resource(place, `replay/${replay}`);

/** Operations take a bus by name or by ARN, and mean the default bus when they are given none. */
export const busNameOf = (nameOrArn = "default") => nameOrArn.replace(/^arn:[^/]*:event-bus\//, "");

export const isBusArn = (arn: string) => /^arn:aws[\w-]*:events:[a-zA-Z0-9-]+:\d{12}:event-bus\//.test(arn);

export const serviceOf = (arn: string) => arn.split(":")[2] ?? "";
