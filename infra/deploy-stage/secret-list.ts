/** The names in what `sst secret list` prints, one `Name=value` a line under headings. Values are dropped here. */
export function namesOfSecrets(output: string): string[] {
  return output.split("\n").flatMap((line) => /^([A-Z][A-Za-z0-9]*)=./.exec(line.trim())?.[1] ?? []);
}

/** What SST says, and fails with, when a stage has none yet. */
export const saysNoSecrets = (output: string) => /no secrets found/i.test(output);
