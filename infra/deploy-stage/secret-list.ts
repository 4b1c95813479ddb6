/** What `sst secret list` prints, one `Name=value` a line under headings. Not for showing: the values are in clear. */
export function secretsIn(output: string): ReadonlyMap<string, string> {
  return new Map(
    output.split("\n").flatMap((line) => {
      const [, name, value] = /^([A-Z][A-Za-z0-9]*)=(.+)/.exec(line.trim()) ?? [];
      return name !== undefined && value !== undefined ? [[name, value] as const] : [];
    }),
  );
}

/** What SST says, and fails with, when a stage has none yet. */
export const saysNoSecrets = (output: string) => /no secrets found/i.test(output);
