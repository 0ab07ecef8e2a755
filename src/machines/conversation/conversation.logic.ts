/**
 * What conversation-monitor makes of what it hears: its changed context and what it tells its job, as
 * data. Each decision is a function of the context alone; the machine carries out what it returns.
 */
import type {
  AgentCommand,
  AgentReport,
  EndReason,
  ParticipantInfo,
  ParticipantRef,
  RoomFactOf,
} from '../events.ts';
import type { ConversationFigures, ConversationSummary } from './conversation-figures.ts';
import { ANALYSIS_TOPIC, type ConversationItem } from './conversation-item.ts';
import type { ConversationContext as Context } from './conversation.context.ts';
import { talkFiguresOf } from './figures.logic.ts';
import { countOn, type Floor, type SpeechEdge, type Turn } from './floor.logic.ts';
import {
  presenceItem,
  readData,
  readTextStream,
  turnItem,
  type HeardItem,
} from './heard-items.logic.ts';
import { keepItem, markSent, waitAgain, waitingItems } from './item-buffer.logic.ts';
import { toMessages } from './item-message.logic.ts';

export type Decision = {
  readonly context: Context;
  readonly reports: readonly (AgentCommand | AgentReport)[];
};

type At = { readonly at: number };

const MAX_AGENTS = 100;
export const MAX_AWAY = 1_000;
/** Where our own connection is made anew everybody leaves and is back within 0.3 s (measured). */
export const RETURN_GRACE_MS = 2_000;
const MAX_SEGMENTS = 200;
const MAX_WRONG_SHOWN = 5;
/** Those who talked most, as the reports at intervals show them. */
const MAX_SHOWN = 20;

/**
 * All edges of speech are known so long after: the hangover of the voice detector (1 s), its window,
 * and what audio and statistics are late at worst.
 */
export const SETTLE_MS = 2_000;
/**
 * That a message did not arrive is known this much later at most: the SDK waits for its own connection,
 * and what went into one that was dead already is lost without a word where it is made anew.
 */
const FAILURE_LATE_MS = 30_000;

const change = (context: Context, changed: Partial<Context>): Decision => ({
  context: { ...context, ...changed },
  reports: [],
});

const inOrder = (context: Context, ...steps: readonly ((now: Context) => Decision)[]): Decision =>
  steps.reduce<Decision>(
    (before, step) => {
      const after = step(before.context);
      return { context: after.context, reports: [...before.reports, ...after.reports] };
    },
    { context, reports: [] },
  );

const latest = (context: Context, at: number): number => Math.max(context.heardAt, at);

/** Gives it its place. */
function addItem(context: Context, heard: HeardItem): Decision {
  const { settings, job } = context;
  const item: ConversationItem = { ...heard, seq: context.items + 1 };
  const limits = {
    items: settings.CONVERSATION_BUFFER_ITEMS,
    ageMs: settings.CONVERSATION_BUFFER_AGE,
  };
  return {
    context: {
      ...context,
      heardAt: latest(context, item.at),
      items: item.seq,
      buffer: keepItem(context.buffer, item, limits),
    },
    reports: settings.CONVERSATION_WEBHOOK
      ? [
          {
            type: 'webhook.send',
            event: 'conversation_item',
            at: item.at,
            participant: null,
            data: { ...item, timestamp: new Date(item.at).toISOString(), job_id: job.jobId },
            url: null,
          },
        ]
      : [],
  };
}

const addItems = (context: Context, items: readonly HeardItem[]): Decision =>
  inOrder(context, ...items.map((item) => (now: Context) => addItem(now, item)));

/** Sends what waits, the first `most` of it. */
export function sendWaiting(context: Context, { most }: { readonly most: number }): Decision {
  const items = waitingItems(context.buffer).slice(0, most);
  const { agent, jobId } = context.job;
  return {
    context: { ...context, buffer: markSent(context.buffer, items.length, context.heardAt) },
    reports: items.flatMap((item) =>
      toMessages(item, { agent, jobId }).map((payload) => ({
        type: 'data.publish' as const,
        topic: ANALYSIS_TOPIC,
        payload,
        to: 'everybody' as const,
        sealed: true as const,
      })),
    ),
  };
}

/** Which messages did not arrive is not told: all that it may have been wait again, and are known by their `seq`. */
export function sendAgain(context: Context, { at }: At): Decision {
  const heardAt = latest(context, at);
  return change(context, { heardAt, buffer: waitAgain(context.buffer, heardAt - FAILURE_LATE_MS) });
}

/** Those who are inside already when we come. */
export const enter = (
  context: Context,
  { at, participants }: RoomFactOf<'room.connected'>,
): Decision =>
  inOrder(
    context,
    (now) => participants.reduce((done, one) => noteKind(done, one), change(now, {})),
    (now) =>
      addItems(
        now,
        participants.map(({ identity, kind }) =>
          presenceItem({ at, identity, event: 'present', kind }),
        ),
      ),
  );

const noteKind = (
  { context, reports }: Decision,
  { identity, kind }: ParticipantInfo,
): Decision => ({
  context: {
    ...context,
    agents:
      kind === 'agent'
        ? [...context.agents.filter((known) => known !== identity), identity].slice(-MAX_AGENTS)
        : context.agents,
  },
  reports,
});

export function arrive(
  context: Context,
  { at, participant }: RoomFactOf<'participant.connected'>,
): Decision {
  const { identity, kind } = participant;
  // Another connection of somebody who is away: that one is not coming back.
  const gone = context.away.filter((one) => one.identity === identity);
  return inOrder(
    { ...context, away: context.away.filter((one) => one.identity !== identity) },
    (now) => leaveAll(now, gone),
    (now) => noteKind(change(now, {}), participant),
    (now) => addItem(now, presenceItem({ at, identity, event: 'joined', kind })),
  );
}

export function leave(context: Context, { at, identity }: At & ParticipantRef): Decision {
  const isAgent = context.agents.includes(identity);
  const kind = isAgent ? 'agent' : null;
  return addItem(
    isAgent
      ? { ...context, agents: context.agents.filter((known) => known !== identity) }
      : context,
    presenceItem({ at, identity, event: 'left', kind }),
  );
}

/** Our own connection may be the one that is gone. */
export const waitFor = (context: Context, { at, identity, sid }: At & ParticipantRef): Decision =>
  change(context, { away: [...context.away, { at, identity, sid }] });

export const isAway = (context: Context, { sid }: Pick<ParticipantRef, 'sid'>): boolean =>
  context.away.some((one) => one.sid === sid);

export const stayHere = (context: Context, { sid }: Pick<ParticipantRef, 'sid'>): Decision =>
  change(context, { away: context.away.filter((one) => one.sid !== sid) });

/** Who has been away for long enough has left. The timer is due for the first of them. */
export function giveUpAway(context: Context): Decision {
  const [first] = context.away;
  if (!first) return change(context, {});
  const until = latest(context, first.at + RETURN_GRACE_MS) - RETURN_GRACE_MS;
  return leaveAll(
    { ...context, away: context.away.filter(({ at }) => at > until) },
    context.away.filter(({ at }) => at <= until),
  );
}

const leaveAll = (context: Context, gone: Context['away']): Decision =>
  inOrder(context, ...gone.map((one) => (now: Context) => leave(now, one)));

/** A data message on a topic of conversations. */
export function hearData(context: Context, fact: RoomFactOf<'data.received'>): Decision {
  const { topic, at, sender } = fact;
  const { agents, metadata, wrong } = context;
  const type = topic === metadata.topics.transcription ? 'transcription' : 'agent_response';
  const heard = readData(fact, type, agents);
  if (heard?.type === 'item') return addItem(context, heard.item);
  const sample = { at, sender: sender?.identity ?? null, topic, problem: heard?.problem ?? '' };
  return change(context, {
    heardAt: latest(context, at),
    wrong: {
      messages: wrong.messages + 1,
      latest: [...wrong.latest, sample].slice(-MAX_WRONG_SHOWN),
    },
  });
}

/** A transcription of LiveKit's own: each segment once. */
export function hearStream(context: Context, fact: RoomFactOf<'text.received'>): Decision {
  const { voices, agents, segments } = context;
  const heard = readTextStream(fact, {
    ownerOf: (sid) => voices.find(({ trackSid }) => trackSid === sid)?.identity,
    isAgent: (identity) => agents.includes(identity),
  });
  if (heard === null) return change(context, { heardAt: latest(context, fact.at) });
  const { segment, item } = heard;
  if (segment === '') return addItem(context, item);
  // Two agents may count their segments alike.
  const key = `${item.participant}/${segment}`;
  if (segments.includes(key)) return change(context, { heardAt: latest(context, fact.at) });
  return addItem({ ...context, segments: [...segments, key].slice(-MAX_SEGMENTS) }, item);
}

/** A microphone began or ceased to carry speech. */
export function hearVoice(
  context: Context,
  { trackSid, at, began }: At & { readonly trackSid: string; readonly began: boolean },
): Decision {
  const voice = context.voices.find((one) => one.trackSid === trackSid);
  if (!voice) return change(context, {});
  const edge: SpeechEdge = { at, identity: voice.identity, began };
  return change(context, { heardAt: latest(context, at), edges: [...context.edges, edge] });
}

export const beginSettling = (context: Context): Decision =>
  change(context, { settlingSince: context.heardAt });

/** Counts what is known by now: the time of the timer that is due. */
export function settle(context: Context): Decision {
  const now = latest(context, context.settlingSince + SETTLE_MS);
  return countTo({ ...context, heardAt: now }, now - SETTLE_MS);
}

function countTo(context: Context, until: number): Decision {
  const { floor, turns } = countOn(
    context.floor,
    context.edges.filter(({ at }) => at <= until),
    until,
  );
  return withTurns(
    { ...context, floor, edges: context.edges.filter(({ at }) => at > until) },
    turns,
  );
}

const withTurns = (context: Context, turns: readonly Turn[]): Decision =>
  addItems(context, turns.map(turnItem));

/** Ends the conversation: who speaks still ceases now, and who is away has left. */
export function end(
  context: Context,
  { at, reason }: At & { readonly reason: EndReason },
): Decision {
  return inOrder(
    { ...context, away: [] },
    (now) => leaveAll(now, context.away),
    (now) => countTo({ ...now, heardAt: latest(now, at) }, latest(now, at)),
    (now) => {
      const { floor, turns } = countOn(now.floor, endsOf(now.floor), now.floor.countedTo);
      return withTurns({ ...now, floor }, turns);
    },
    (now) => sendWaiting(now, { most: now.buffer.waiting }),
    (now) => ({
      context: now,
      reports: [
        { type: 'summary.made', summary: summaryOf(now, reason) },
        { type: 'job.end', reason },
      ],
    }),
  );
}

const endsOf = ({ speaking, countedTo }: Floor): readonly SpeechEdge[] =>
  speaking.flatMap(({ identity, microphones }) =>
    Array.from({ length: microphones }, () => ({ at: countedTo, identity, began: false })),
  );

/** The figures so far, as far as they are settled. */
export const figuresOf = (context: Context, most = MAX_SHOWN): ConversationFigures => {
  const { job, startedAt, heardAt, items, buffer, wrong, unheardTracks, floor } = context;
  return {
    kind: 'conversation',
    room: job.room.name,
    startedAt,
    durationMs: Math.max(0, Math.round(heardAt - startedAt)),
    items,
    itemsLost: buffer.lost,
    wrongMessages: wrong.messages,
    unheardTracks,
    ...talkFiguresOf(floor, most),
  };
};

const summaryOf = (context: Context, endReason: EndReason): ConversationSummary => ({
  ...figuresOf(context, Number.MAX_SAFE_INTEGER),
  kind: 'conversation_summary',
  endReason,
});

/** At intervals: nothing else may have told the time. */
export function report(context: Context, { everyMs }: { readonly everyMs: number }): Decision {
  const heardAt = latest(context, context.reportedAt + everyMs);
  const told = { ...context, heardAt, reportedAt: heardAt };
  return { context: told, reports: [{ type: 'figures.reported', figures: figuresOf(told) }] };
}
