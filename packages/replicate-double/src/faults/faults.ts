import { type Fault, type FaultKind, type FaultOf, type FaultRule, matches, type Subject } from "./fault.ts";

interface Planted {
  id: number;
  rule: FaultRule;
  matched: number;
  struck: number;
}

export interface Faults {
  plant(rules: FaultRule[]): { id: number }[];
  list(): (FaultRule & { id: number; struck: number })[];
  clear(): void;
  /** The first planted fault of these kinds that strikes this subject; asking is what counts as a match. */
  strike<Kind extends FaultKind>(kinds: readonly Kind[], subject: Subject): FaultOf<Kind> | undefined;
}

export function createFaults(): Faults {
  let planted: Planted[] = [];
  let lastId = 0;
  return {
    plant(rules) {
      const added = rules.map((rule) => ({ id: ++lastId, rule, matched: 0, struck: 0 }));
      planted.push(...added);
      return added.map(({ id }) => ({ id }));
    },
    list: () => planted.map(({ id, rule, struck }) => ({ id, ...rule, struck })),
    clear() {
      planted = [];
    },
    strike(kinds, subject) {
      for (const candidate of planted) {
        const { match, times, every, fault } = candidate.rule;
        if (!isOfKind(fault, kinds) || !matches(match, subject)) continue;
        if (times !== undefined && candidate.struck >= times) continue;
        candidate.matched += 1;
        if (candidate.matched % every !== 0) continue;
        candidate.struck += 1;
        return fault;
      }
      return undefined;
    },
  };
}

function isOfKind<Kind extends FaultKind>(fault: Fault, kinds: readonly Kind[]): fault is FaultOf<Kind> {
  return kinds.some((kind) => kind === fault.kind);
}
