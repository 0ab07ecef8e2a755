import type { ConnectionQuality, ParticipantKind, TrackSource } from '../../machines/events.ts';
import { LineReader, Mistake, type ScriptProblem } from './script-line.ts';
import { problemsOfOrder } from './script-order.ts';
import {
  ordinaryLevel,
  type Happening,
  type QualityCause,
  type Script,
  type ScriptStep,
} from './script.ts';

/** The script, or everything that is wrong with it. */
export type ScriptResult =
  | { readonly ok: true; readonly script: Script }
  | { readonly ok: false; readonly problems: readonly ScriptProblem[] };

/** A script is read by people: more than this is a mistake. */
const maxLines = 10_000;

/**
 * Reads a script (format: {@link Script}).
 *
 * It never throws. Problems are told all at once: first those of the single lines; only where every
 * line makes sense, those of their order (who speaks before joining).
 */
export function parseScript(text: string): ScriptResult {
  const lines = text.split(/\r?\n/u);
  if (lines.length > maxLines) return { ok: false, problems: [tooLong(lines.length)] };
  const steps: (ScriptStep & { readonly line: number })[] = [];
  const problems: ScriptProblem[] = [];
  lines.forEach((content, index) => {
    if (/^\s*(?:#|$)/u.test(content)) return;
    const result = parseLine(content);
    if (result instanceof Mistake) problems.push(result.on(index + 1));
    else steps.push({ ...result, line: index + 1 });
  });
  if (problems.length > 0) return { ok: false, problems };
  const disorders = problemsOfOrder(steps);
  return disorders.length > 0
    ? { ok: false, problems: disorders }
    : { ok: true, script: steps.map(({ atMs, happening }) => ({ atMs, happening })) };
}

/** `line:column: found "x", expected y`, one line for each problem. */
export function formatProblems(problems: readonly ScriptProblem[]): string {
  return problems
    .map(
      ({ line, column, found, expected }) =>
        `${line}:${column}: found ${found}, expected ${expected}`,
    )
    .join('\n');
}

const tooLong = (lineCount: number): ScriptProblem => ({
  line: maxLines + 1,
  column: 1,
  found: `${lineCount} lines`,
  expected: `at most ${maxLines}`,
});

function parseLine(content: string): ScriptStep | Mistake {
  try {
    const reader = new LineReader(content);
    const atMs = reader.time();
    const subject = reader.subject();
    const parse = subject.isReserved ? worldSubjects[subject.text] : undefined;
    const happening = parse ? parse(reader) : parseDeed(reader, subject.text);
    reader.end();
    return { atMs, happening };
  } catch (error) {
    if (error instanceof Mistake) return error;
    throw error;
  }
}

type Parse = (reader: LineReader) => Happening;

/** What happens to the world and not to a participant, by its first word. */
const worldSubjects: Readonly<Record<string, Parse>> = {
  room: (reader) => {
    const verb = reader.oneOf(['deleted', 'closed', 'sets'] as const);
    if (verb !== 'sets') return { type: 'endRoom', how: verb };
    reader.word('metadata');
    return { type: 'setRoomMetadata', metadata: reader.payload() };
  },
  agent: (reader) => ({
    type: 'endAgents',
    how: reader.oneOf(['removed', 'replaced'] as const),
  }),
  own: (reader) => {
    reader.word('connection');
    const course = reader.oneOf(['resumes', 'restarts', 'fails'] as const);
    return { type: 'ownConnection', course };
  },
  server: (reader) => {
    if (reader.oneOf(['refuses', 'stops'] as const) === 'stops') return { type: 'stopServer' };
    const what = reader.oneOf(['joins', 'commands', 'lists'] as const);
    return { type: 'refuse', what, durationMs: parseFor(reader) };
  },
};

type ParseDeed = (reader: LineReader, identity: string) => Happening;

/** What a participant does, by the verb. */
const deeds: Readonly<Record<string, ParseDeed>> = {
  joins: (reader, identity) => {
    const kind = reader.optional('as') ? reader.oneOf(kinds) : 'standard';
    return { type: 'join', identity, kind, sources: parseSources(reader) };
  },
  leaves: (_, identity) => ({ type: 'leave', identity }),
  drops: (_, identity) => ({ type: 'drop', identity }),
  returns: (_, identity) => ({ type: 'return', identity }),
  freezes: (reader, identity) => ({ type: 'freeze', identity, durationMs: parseFor(reader) }),
  speaks: (reader, identity) => {
    const durationMs = reader.optional('for') ? reader.duration() : null;
    const level = reader.optional('at') ? reader.level() : ordinaryLevel;
    return { type: 'speak', identity, level, durationMs };
  },
  stops: (reader, identity) => {
    reader.word('speaking');
    return { type: 'hush', identity };
  },
  mutes: (reader, identity) => ({ type: 'mute', identity, source: parseMutable(reader) }),
  unmutes: (reader, identity) => ({ type: 'unmute', identity, source: parseMutable(reader) }),
  turns: (reader, identity) => {
    reader.word('camera');
    return { type: 'turnCamera', identity, on: reader.oneOf(['on', 'off'] as const) === 'on' };
  },
  publishes: (reader, identity) => {
    const source = reader.oneOf(sources);
    return { type: 'publish', identity, source, encrypted: reader.optional('encrypted') };
  },
  unpublishes: (reader, identity) => ({
    type: 'unpublish',
    identity,
    source: reader.oneOf(sources),
  }),
  stalls: (reader, identity) => {
    const source = reader.oneOf(sources);
    return { type: 'stall', identity, source, durationMs: parseFor(reader) };
  },
  has: (reader, identity) => {
    const quality = reader.oneOf(qualities);
    reader.word('quality');
    const cause = reader.optional('from') ? reader.oneOf(causes) : null;
    return { type: 'changeQuality', identity, quality, cause };
  },
  sends: (reader, identity) => {
    const sizeBytes = reader.optionalCount();
    const what = sizeBytes === null ? reader.oneOf(['data', 'text'] as const) : 'bytes';
    if (sizeBytes !== null) reader.word('bytes');
    reader.word('on');
    reader.word('topic');
    const topic = reader.name('a topic');
    if (sizeBytes !== null) return { type: 'sendBytes', identity, topic, sizeBytes };
    const text = reader.payload();
    return { type: what === 'data' ? 'sendData' : 'sendText', identity, topic, text };
  },
  sets: (reader, identity) => {
    if (reader.oneOf(['metadata', 'attribute'] as const) === 'metadata') {
      return { type: 'setMetadata', identity, metadata: reader.payload() };
    }
    const key = reader.name('the name of an attribute');
    return { type: 'setAttribute', identity, key, value: reader.payload() };
  },
};

const verbs = Object.keys(deeds);

function parseDeed(reader: LineReader, identity: string): Happening {
  const verb = reader.oneOf(verbs);
  const parse = deeds[verb];
  if (!parse) throw new Error(`No parser for the verb "${verb}".`);
  return parse(reader, identity);
}

function parseFor(reader: LineReader): number {
  reader.word('for');
  return reader.duration();
}

const parseMutable = (reader: LineReader): TrackSource =>
  reader.isAtEnd ? 'microphone' : reader.oneOf(sources);

function parseSources(reader: LineReader): readonly TrackSource[] {
  if (!reader.optional('with')) return ['microphone'];
  if (reader.optional('nothing')) return [];
  const found: TrackSource[] = [];
  do found.push(reader.oneOf(sources.filter((source) => !found.includes(source))));
  while (reader.optional('and'));
  return found;
}

const sources: readonly TrackSource[] = [
  'microphone',
  'camera',
  'screen_share',
  'screen_share_audio',
  'unknown',
];
const qualities: readonly ConnectionQuality[] = ['excellent', 'good', 'poor', 'lost'];
const causes: readonly QualityCause[] = ['loss', 'jitter', 'delay', 'bandwidth'];
const kinds: readonly ParticipantKind[] = [
  'standard',
  'ingress',
  'egress',
  'sip',
  'agent',
  'connector',
  'bridge',
];
