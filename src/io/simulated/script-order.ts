import type { TrackSource } from '../../machines/events.ts';
import { formatTime, type Happening, type ScriptStep } from './script.ts';
import type { ScriptProblem } from './script-line.ts';

type Person = {
  presence: 'inside' | 'dropped' | 'gone';
  frozenUntilMs: number;
  readonly sources: Set<TrackSource>;
};

/** Somebody whose connection was given up needs a moment to come in again. */
const thawMs = 1_000;

type Disorder = { readonly found: string; readonly expected: string };

/**
 * What cannot happen, because of what happened before.
 *
 * Problems stand at column 1: it is the line that is in the wrong place.
 */
export function problemsOfOrder(
  steps: readonly (ScriptStep & { readonly line: number })[],
): readonly ScriptProblem[] {
  const stage = new ScriptStage();
  return steps.flatMap(({ line, ...step }) => {
    const disorder = stage.add(step);
    return disorder ? [{ line, column: 1, ...disorder }] : [];
  });
}

/** Whether the step may follow on these, which are in order. */
export function mayFollow(steps: readonly ScriptStep[], step: ScriptStep): boolean {
  const stage = new ScriptStage();
  for (const earlier of steps) stage.add(earlier);
  return stage.add(step) === undefined;
}

/** Who is inside with which tracks, as far as the steps have come. */
class ScriptStage {
  readonly #people = new Map<string, Person>();
  #atMs = 0;
  #isStopped = false;

  /** Takes the step, or says why it cannot be taken. */
  add({ atMs, happening }: ScriptStep): Disorder | undefined {
    if (this.#isStopped) return { found: 'a step', expected: 'nothing after "server stops"' };
    if (atMs < this.#atMs) {
      const expected = `a time not before ${formatTime(this.#atMs)}`;
      return { found: formatTime(atMs), expected };
    }
    this.#atMs = atMs;
    if ('identity' in happening) return this.#addDeed(happening);
    if (happening.type === 'stopServer') this.#isStopped = true;
    if (happening.type === 'endRoom') {
      for (const person of this.#people.values()) person.presence = 'gone';
    }
    return undefined;
  }

  #addDeed(happening: Extract<Happening, { identity: string }>): Disorder | undefined {
    const person = this.#people.get(happening.identity);
    if (happening.type === 'join') {
      if (person && person.presence !== 'gone') return disorderOf(happening, person, 'outside');
      this.#people.set(happening.identity, {
        presence: 'inside',
        frozenUntilMs: 0,
        sources: new Set(happening.sources),
      });
      return undefined;
    }
    if (happening.type === 'return') {
      if (person === undefined || person.presence === 'inside') {
        return disorderOf(happening, person, 'dropped or gone');
      }
      person.presence = 'inside';
      return undefined;
    }
    if (person?.presence !== 'inside') return disorderOf(happening, person, 'inside');
    if (this.#atMs < person.frozenUntilMs) {
      const expected = `nothing of this participant before ${formatTime(person.frozenUntilMs)}`;
      return { found: `${happening.identity} frozen`, expected };
    }
    if (happening.type === 'freeze') {
      person.frozenUntilMs = this.#atMs + happening.durationMs + thawMs;
    }
    if (happening.type === 'leave') person.presence = 'gone';
    if (happening.type === 'drop') person.presence = 'dropped';
    return addTracks(happening, person);
  }
}

function disorderOf(
  { identity, type }: Extract<Happening, { identity: string }>,
  person: Person | undefined,
  wanted: string,
): Disorder {
  const found = `${identity} ${person?.presence ?? 'never joined'}`;
  return { found, expected: `somebody ${wanted} where the step is "${type}"` };
}

function addTracks(
  happening: Extract<Happening, { identity: string }>,
  { sources }: Person,
): Disorder | undefined {
  const needs = neededSource(happening);
  if (needs !== undefined && !sources.has(needs)) {
    return {
      found: `${happening.identity} without ${needs}`,
      expected: `${needs} published before`,
    };
  }
  if (happening.type === 'unpublish') sources.delete(happening.source);
  if (happening.type === 'turnCamera') sources.add('camera');
  if (happening.type === 'publish') {
    if (sources.has(happening.source)) {
      const found = `${happening.identity} with ${happening.source}`;
      return { found, expected: 'a source that is not published yet' };
    }
    sources.add(happening.source);
  }
  return undefined;
}

function neededSource(happening: Happening): TrackSource | undefined {
  switch (happening.type) {
    case 'speak':
    case 'hush':
      return 'microphone';
    case 'unpublish':
    case 'mute':
    case 'unmute':
    case 'stall':
      return happening.source;
    case 'turnCamera':
      return happening.on ? undefined : 'camera';
    default:
      return undefined;
  }
}
