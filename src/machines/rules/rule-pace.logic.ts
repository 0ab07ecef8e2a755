import type { Happening } from './happening.logic.ts';
import type { Rule } from './rule.ts';

/** How often a rule acted for one participant. */
type Pace = {
  /** Null: for nobody in particular. */
  readonly identity: string | null;
  readonly firedAt: number;
  /** Of the second in which it last acted. */
  readonly secondAt: number;
  readonly firings: number;
  /** Until then it does not act for them. */
  readonly heldUntil: number;
};

/** One for each identity: 1,000 at most, of whom those are dropped for whom it acted longest ago. */
export type Paces = readonly Pace[];

/** Two agents whose rules answer each other would do so for ever. */
const MAX_FIRINGS_A_SECOND = 10;
export const HOLD_MS = 60_000;
const MAX_SUBJECTS = 1_000;

/** What a rule does about what it waits for: act, wait for the end of a cooldown, or hold itself back. */
export type Verdict = 'act' | 'wait' | 'hold';

export function verdictOf(paces: Paces, { cooldownMs }: Rule, happening: Happening): Verdict {
  const pace = paceOf(paces, happening);
  if (pace === null) return 'act';
  const { at } = happening;
  if (at < pace.heldUntil || at - pace.firedAt < cooldownMs) return 'wait';
  return at - pace.secondAt < 1_000 && pace.firings >= MAX_FIRINGS_A_SECOND ? 'hold' : 'act';
}

export function noteFiring(paces: Paces, happening: Happening): Paces {
  const { at } = happening;
  const pace = paceOf(paces, happening);
  const isSameSecond = pace !== null && at - pace.secondAt < 1_000;
  return put(paces, {
    identity: identityOf(happening),
    firedAt: at,
    secondAt: isSameSecond ? pace.secondAt : at,
    firings: isSameSecond ? pace.firings + 1 : 1,
    heldUntil: 0,
  });
}

export function noteHold(paces: Paces, happening: Happening): Paces {
  const pace = paceOf(paces, happening);
  return pace === null ? paces : put(paces, { ...pace, heldUntil: happening.at + HOLD_MS });
}

function paceOf(paces: Paces, happening: Happening): Pace | null {
  const identity = identityOf(happening);
  return paces.find((pace) => pace.identity === identity) ?? null;
}

/** A list is copied in microseconds; a record with as many keys in tens of times that. */
const put = (paces: Paces, pace: Pace): Paces => [
  ...paces.filter(({ identity }) => identity !== pace.identity).slice(1 - MAX_SUBJECTS),
  pace,
];

const identityOf = ({ person }: Happening): string | null => person?.identity ?? null;
