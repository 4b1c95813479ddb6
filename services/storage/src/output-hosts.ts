import { OutputLost } from "./output-errors.ts";

export interface OutputHosts {
  /**
   * Throws `OutputLost` unless outputs may be read from there. `private` is true only for a host that is listed with its port:
   * whoever lists `127.0.0.1:4000` means that machine, without TLS.
   */
  check(url: URL): { private: boolean };
}

/** Reads a comma-separated allow-list of `host`, `host:port` and `*.suffix`. */
export function parseOutputHosts(list: string): OutputHosts {
  const entries = list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  const withPort = new Set(entries.filter((entry) => /:\d+$/.test(entry)));
  const exact = new Set(entries.filter((entry) => !entry.startsWith("*.") && !withPort.has(entry)));
  const suffixes = entries.filter((entry) => entry.startsWith("*.")).map((entry) => entry.slice(1));

  return {
    check(url) {
      if (url.username !== "" || url.password !== "") throw refused("The output's address holds credentials.");
      if (url.protocol !== "https:" && url.protocol !== "http:") {
        throw refused(`Outputs are not read over ${url.protocol.slice(0, -1)}.`);
      }
      const port = url.port || (url.protocol === "https:" ? "443" : "80");
      if (withPort.has(`${url.hostname}:${port}`)) return { private: true };
      const listed = exact.has(url.hostname) || suffixes.some((suffix) => url.hostname.endsWith(suffix));
      if (!listed) throw refused(`${url.hostname} is not among the hosts that outputs are read from.`);
      if (url.protocol !== "https:" || url.port !== "")
        throw refused(`Outputs of ${url.hostname} are read over https.`);
      return { private: false };
    },
  };
}

const refused = (message: string) => new OutputLost("output_host_refused", message);
