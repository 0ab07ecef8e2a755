import { createHmac, randomBytes } from 'node:crypto';
import {
  isStimulus,
  type FileLine,
  type LogHead,
  type LogLine,
  type ProblemLine,
} from './log-line.ts';
import { NameBook } from './name-book.ts';
import { isRecord } from './plain-json.ts';
import { fromPath } from './recorded-actors.ts';

/**
 * Of those on top the ones that were named longest ago are forgotten, but for those that are held. Where they
 * come again in a field that names somebody, or in a path, they are the same words again.
 */
const maxNames = 5_000;
/** So many of them at once: to find out who is held takes a look at all. */
const FORGOTTEN_SHARE = 0.5;
/** Of those on top the oldest are forgotten: machines pass a text on at once, if at all. */
const maxTexts = 5_000;

/** How a machine calls the actor of somebody. */
const personInPath = /(?:^|[/.])participant:([^/]+)/g;

/** Words of the protocol, which machines compare with words of their own. */
const protocolFields = new Set([
  'type',
  'kind',
  'source',
  'mimeType',
  'mode',
  'code',
  'sid',
  'seal',
]);
/** What people wrote: replaced whole, as are attributes. */
const textFields = new Set(['metadata', 'text', 'transcript']);
/** What machines took out of such texts, and what they made of it: always replaced, whole. */
const spokenFields = new Set(['content', 'excerpt', 'quote', 'topics[]', 'summary', 'soFar']);
/** A string there is somebody's identity; `[]` are the items of a list. */
const identityFields = new Set(['identity', 'participant_identity', 'identities[]', 'to[]']);
/** Attributes that agents compare, of LiveKit and of ours. */
const protocolAttribute = /^(greenroom|lk)\./;

/**
 * Replaces in one log whoever and whatever could be recognised: identities and names of people, room names,
 * metadata, attributes, texts. The same text is always the same word, in another log another one.
 *
 * A replay of such a log runs as the recorded actors did: what enters is replaced as what they made of it
 * is, also within texts that they made of names. Two things can break that: a name that is also a word of a
 * machine's own texts, and a machine that looks into a name or a text instead of passing it on.
 */
export class Pseudonyms {
  /** Never written: without it nobody can try out who is behind a word. */
  readonly #key = randomBytes(32);
  readonly #names = new NameBook();
  readonly #held: () => Iterable<string>;
  #nameLimit = maxNames;
  /** The agents themselves are nobody, and are compared by the order of their identities. */
  readonly #agents = new Set<string>();
  /** What was read: a text that a machine made itself is replaced only where it names somebody. */
  readonly #texts = new Set<string>();
  /** One object in several lines of a step stays one object, which the encoder counts on. */
  #replaced = new Map<object, unknown>();
  #seq = -1;
  #namesInHead: readonly string[] = [];

  /** @param held gives names that must not be forgotten, beside those in a head. */
  constructor(held: () => Iterable<string> = () => []) {
    this.#held = held;
  }

  head(head: LogHead): LogHead {
    this.#learn(head.input);
    this.#namesInHead = [...this.#names.words.keys()];
    return { ...head, input: this.#fieldsOf(head.input) };
  }

  /** The line must be plain finite JSON (`LineCheck`). */
  line<TLine extends LogLine | ProblemLine>(line: TLine): TLine {
    if (line.seq !== this.#seq) {
      this.#seq = line.seq;
      this.#begin();
    }
    if (isStimulus(line) && 'event' in line) this.#learn(line.event);
    return { ...line, ...this.#contentOf(line) };
  }

  /** The same for plain JSON beside a log: all of it is read first, and then replaced. */
  data(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    this.#begin();
    this.#learn(value);
    return this.#fieldsOf(value);
  }

  /** From now on this is somebody's name, or a room's. */
  learnName(name: string): void {
    this.#forgetOldest();
    this.#know(name);
  }

  /** Whom a word stands for; undefined where it is none, or somebody who is forgotten. */
  nameOf(word: string): string | undefined {
    return this.#names.nameOf(word);
  }

  #begin(): void {
    this.#replaced = new Map();
    // Not while it goes on: whatever it names must be known up to its end.
    this.#forgetOldest();
  }

  #contentOf(line: FileLine) {
    switch (line.kind) {
      case 'actor':
        return { path: this.#inText(line.path) };
      case 'ended':
        return 'context' in line ? { context: this.#replace(line.context) } : {};
      case 'checkpoint':
        return {
          snapshot: this.#replace(line.snapshot),
          timers: line.timers.map((timer) => this.#fieldsOf(timer)),
          actors: line.actors.map((actor) => ({ ...actor, path: this.#inText(actor.path) })),
        };
      case 'problem':
        return { message: this.#inText(line.message) };
      case 'timer':
        return { event: this.#replaceText(line.event, 'type') };
      case 'input':
      case 'sent':
      case 'message':
      case 'command':
      case 'emitted':
        return { event: this.#replace(line.event) };
      default:
        return {};
    }
  }

  #learn(value: unknown, field = ''): void {
    if (Array.isArray(value)) {
      for (const item of value) this.#learn(item, `${field}[]`);
    } else if (isRecord(value)) {
      const { identity, kind } = value;
      if (typeof identity === 'string' && (kind === 'agent' || field === 'local')) {
        if (this.#agents.size < maxNames) this.#agents.add(identity);
        return;
      }
      const { name } = value;
      if (typeof name === 'string' && isSomebodyOrRoom(value, field)) this.#know(name);
      for (const [key, inner] of Object.entries(value)) {
        const isText = field === 'attributes' ? !protocolAttribute.test(key) : textFields.has(key);
        if (isText && typeof inner === 'string') this.#keepText(inner);
        else this.#learn(inner, key);
      }
    } else if (typeof value === 'string' && identityFields.has(field)) {
      this.#know(value);
    }
  }

  #keepText(text: string): void {
    this.#texts.add(text);
    const [oldest] = this.#texts;
    if (this.#texts.size > maxTexts && oldest !== undefined) this.#texts.delete(oldest);
  }

  #know(name: string): void {
    if (name === '' || this.#agents.has(name)) return;
    this.#names.add(name, this.#names.words.get(name) ?? this.#wordFor(name));
  }

  #forgetOldest(): void {
    if (this.#names.words.size <= this.#nameLimit) return;
    const held = new Set([...this.#namesInHead, ...this.#held()]);
    const free = [...this.#names.words.keys()].filter((name) => !held.has(name));
    const count = Math.ceil(free.length * FORGOTTEN_SHARE);
    for (const name of free.slice(0, count)) this.#names.remove(name);
    // Whoever is held is held elsewhere as well: their number has its limit there.
    this.#nameLimit = Math.max(maxNames, 2 * held.size);
  }

  #replace(value: unknown, field = ''): unknown {
    if (typeof value === 'string') return this.#replaceText(value, field);
    if (!isRecord(value)) return value;
    const known = this.#replaced.get(value);
    if (known !== undefined) return known;
    const made = Array.isArray(value)
      ? value.map((item) => this.#replace(item, `${field}[]`))
      : this.#fieldsOf(value, field);
    this.#replaced.set(value, made);
    return made;
  }

  #fieldsOf(
    value: Readonly<Record<string, unknown>>,
    field = '',
  ): Readonly<Record<string, unknown>> {
    const isTrack = 'source' in value && 'mimeType' in value;
    const isName = isSomebodyOrRoom(value, field) && !this.#isAgent(value);
    const fields = Object.entries(value).map(([key, inner]): [string, unknown] => {
      // A name of the protocol may stand for an attribute as well.
      if (field === 'attributes' && typeof inner === 'string') return [key, this.#whole(inner)];
      const isWord = isTrack || isName || field === 'topics[]';
      if (isWord && key === 'name' && typeof inner === 'string') return [key, this.#wordFor(inner)];
      // Snapshots name the actors of people in keys: `participant:alice`.
      return [this.#inText(key), this.#replace(inner, key)];
    });
    return Object.fromEntries(fields);
  }

  #isAgent({ identity }: Readonly<Record<string, unknown>>): boolean {
    return typeof identity === 'string' && this.#agents.has(identity);
  }

  #replaceText(text: string, field: string): string {
    // XState's own words name the actor that is done.
    if (field === 'type' && text.startsWith('xstate.')) return this.#inText(text);
    if (protocolFields.has(field) || this.#agents.has(text)) return text;
    if (identityFields.has(field)) return this.#wordFor(text);
    return spokenFields.has(field) ? this.#wordForText(text) : this.#whole(text);
  }

  #whole(text: string): string {
    return this.#texts.has(text) ? this.#wordForText(text) : this.#inText(text);
  }

  #inText(text: string): string {
    const word = this.#names.words.get(text);
    if (word !== undefined) return word;
    // Whoever was forgotten, or never named, has actors all the same.
    for (const [, person = ''] of text.matchAll(personInPath)) this.#know(fromPath(person));
    return this.#names.replaceIn(text);
  }

  /** JSON stays JSON: whether a text is some is a question that machines ask. */
  #wordForText(text: string): string {
    const word = this.#wordFor(text);
    return isContainer(text) ? JSON.stringify([word]) : word;
  }

  #wordFor(text: string): string {
    if (text === '') return '';
    const hash = createHmac('sha256', this.#key).update(text).digest('hex');
    return `p_${hash.slice(0, 16)}`;
  }
}

/** Whether `name` in it is that of a person or a room. */
const isSomebodyOrRoom = (value: Readonly<Record<string, unknown>>, field: string): boolean =>
  field === 'room' || value['type'] === 'room.connected' || typeof value['identity'] === 'string';

/** Whether a text is a JSON object or array. */
function isContainer(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
