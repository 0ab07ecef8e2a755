import { conversationMonitor } from '../../src/agents/conversation-monitor.agent.ts';
import { roomAnalytics } from '../../src/agents/room-analytics.agent.ts';
import type { OutgoingWebhook } from '../../src/actors/ports.ts';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import { conversationSummarySchema } from '../../src/io/report/conversation-summary.codec.ts';
import { roomSummarySchema } from '../../src/io/report/room-summary.codec.ts';
import type { ConversationItem } from '../../src/machines/conversation/conversation-item.ts';
import { readMessage } from '../../src/machines/conversation/item-message.logic.ts';
import type { RoomFact } from '../../src/machines/events.ts';
import { breachesIn } from '../contracts/orderly-facts.ts';
import type { StoryLine } from './job-story.ts';
import { recorder, type RoomJob, type RoomsWorld } from './rooms-world.ts';

/** A job that was assigned and has ended, as its log and the world know it. */
type EndedRoomJob = {
  readonly world: RoomsWorld;
  readonly job: RoomJob;
  readonly lines: readonly (FileLine | TornLine)[];
  readonly story: readonly StoryLine[];
};

/** Says what was not kept; empty where it was. */
type KeptBy = (ended: EndedRoomJob) => string;

type Emission = Extract<StoryLine, { type: 'said' }>['emission'];

function said<TType extends Emission['type']>({ story }: EndedRoomJob, type: TType) {
  const isOfType = (emission: Emission): emission is Extract<Emission, { type: TType }> =>
    emission.type === type;
  return story.flatMap((line) =>
    line.type === 'said' && isOfType(line.emission) ? [line.emission] : [],
  );
}

const summaryOf = (ended: EndedRoomJob) => said(ended, 'job.summaryMade')[0]?.summary;

const endsOnce: KeptBy = (ended) => {
  const { world, job } = ended;
  const reasons = world.worker.emitted.flatMap((fact) =>
    fact.type === 'job.ended' && fact.jobId === job.jobId ? [fact.reason] : [],
  );
  if (reasons.length !== 1) return `ended ${reasons.length} times: ${reasons.join(', ')}`;
  if (reasons[0] === 'agent_error') return 'ended as agent_error';
  const hasBegun = ended.story.some(({ type }) => type === 'agentBegan');
  const summaries = said(ended, 'job.summaryMade').length;
  return summaries === (hasBegun ? 1 : 0) ? '' : `brought ${summaries} summaries`;
};

const opensAndResolvesAlertsInTurn: KeptBy = ({ story }) => {
  const open = new Set<string>();
  for (const line of story) {
    if (line.type !== 'said') continue;
    const { emission } = line;
    if (emission.type === 'job.alertOpened') {
      if (open.has(emission.alert.key)) return `${emission.alert.key} opened twice`;
      open.add(emission.alert.key);
    } else if (emission.type === 'job.alertUpdated') {
      if (!open.has(emission.alert.key)) return `${emission.alert.key} updated, but not open`;
    } else if (emission.type === 'job.alertResolved') {
      const { key, openedAt, resolvedAt, evidence } = emission.alert;
      if (!open.delete(key)) return `${key} resolved, but not open`;
      // A job that ends knows no time, and says that it was its end.
      if ((resolvedAt ?? ('ended' in evidence ? openedAt : -1)) < openedAt) {
        return `${key} resolved at ${resolvedAt}, opened at ${openedAt}`;
      }
    }
  }
  return open.size === 0 ? '' : `never resolved: ${[...open].join(', ')}`;
};

/** What the agent heard: those who were there when it began, and all that it was told then. */
function heardByAgent({ story }: EndedRoomJob): readonly RoomFact[] {
  const inside = new Map<string, RoomFact>();
  const heard: RoomFact[] = [];
  let isOn = false;
  for (const line of story) {
    if (line.type === 'agentBegan') {
      isOn = true;
      heard.push(...inside.values());
    }
    if (line.type === 'said' && line.emission.type === 'job.ending') isOn = false;
    if (line.type !== 'heard') continue;
    if (isOn) heard.push(line.fact);
    else followPeople(inside, line.fact);
  }
  return heard;
}

/** Whoever is inside, each as a join. */
function followPeople(inside: Map<string, RoomFact>, fact: RoomFact): void {
  if (fact.type === 'room.connected') {
    for (const participant of fact.participants) {
      inside.set(participant.sid, { type: 'participant.connected', at: fact.at, participant });
    }
  } else if (fact.type === 'participant.connected') {
    inside.set(fact.participant.sid, fact);
  } else if (fact.type === 'participant.disconnected') {
    inside.delete(fact.sid);
  }
}

const countsWhatItHeard: KeptBy = (ended) => {
  if (ended.job.agent !== roomAnalytics.name) return '';
  const given = summaryOf(ended);
  if (given === undefined) return '';
  const summary = roomSummarySchema.parse(given);
  const heard = heardByAgent(ended);
  const people = heard.flatMap((fact) => {
    if (fact.type === 'participant.connected') return [fact.participant];
    return fact.type === 'room.connected' ? fact.participants : [];
  });
  const counted = people.filter(({ kind }) => kind !== 'agent' && kind !== 'egress');
  const joins = new Set(counted.map(({ sid }) => sid)).size;
  const identities = new Set(counted.map(({ identity }) => identity)).size;
  const messages = heard.reduce((sum, fact) => {
    if (fact.type === 'data.throttled') return sum + fact.messages;
    return fact.type === 'data.received' ? sum + 1 : sum;
  }, 0);
  const streams = heard.filter(({ type }) => type === 'text.received').length;
  const counts = [
    ['joins', summary.joins, joins],
    ['identities', summary.identities, identities],
    ['messages', summary.messages, messages],
    ['text streams', summary.textStreams, streams],
  ] as const;
  const wrong = counts.find(([, found, due]) => found !== due);
  if (wrong) return `its summary has ${wrong[1]} ${wrong[0]}, due are ${wrong[2]}`;
  if (summary.joins - summary.leaves !== summary.participants) {
    return `${summary.joins} joins, ${summary.leaves} leaves, ${summary.participants} inside`;
  }
  return summary.whoWasThere.length === identities ? '' : 'who was there is not who joined';
};

/** What the recorder got of a conversation, in the order in which it came; the parts of one item together. */
function itemsOf({ world, job }: EndedRoomJob): readonly ConversationItem[] {
  const messages = world.worker.rooms.room(job.room).messagesTo(recorder);
  return messages.flatMap(({ topic, text, sender }) => {
    if (topic !== 'conversation_analysis' || sender !== null) return [];
    const read = readMessage(text);
    if (!read.ok) throw new Error(`${read.problem}: ${text}`);
    const { jobId, item, part, parts } = read.message;
    return jobId === job.jobId && part === parts ? [item] : [];
  });
}

/**
 * Each item, once and in order; where commands failed, or our own connection was away, some come again
 * and later than others, but none is left out.
 */
const tellsEachItem: KeptBy = (ended) => {
  if (ended.job.agent !== conversationMonitor.name) return '';
  const given = summaryOf(ended);
  if (given === undefined) return '';
  const { items: made, itemsLost } = conversationSummarySchema.parse(given);
  if (itemsLost > 0) return `${itemsLost} items were lost`;
  const items = itemsOf(ended);
  const bySeq = new Map<number, string>();
  for (const item of items) {
    const text = JSON.stringify(item);
    const before = bySeq.get(item.seq) ?? text;
    if (before !== text) return `${item.seq} came as ${before} and ${text}`;
    bySeq.set(item.seq, text);
  }
  const seqs = items.map(({ seq }) => seq);
  const last = Math.max(0, ...seqs);
  if (last > made) return `item ${last} came, ${made} were made`;
  if (bySeq.size < last) return `of ${last} items ${bySeq.size} came: ${seqs.join()}`;
  const isUndisturbed = !ended.story.some(
    (line) =>
      line.type === 'heard' &&
      (line.fact.type === 'command.failed' || line.fact.type === 'room.reconnecting'),
  );
  const isInOrder = seqs.every((seq, index) => seq === index + 1);
  return isUndisturbed && !isInOrder ? `the items came as ${seqs.join()}` : '';
};

const hasTurnsOneAfterTheOther: KeptBy = (ended) => {
  const endedAt = new Map<string, number>();
  const items = new Map(itemsOf(ended).map((item) => [item.seq, item]));
  for (const { type, participant, metadata } of items.values()) {
    if (type !== 'turn') continue;
    const from = Date.parse(String(metadata['startedAt']));
    const to = Date.parse(String(metadata['endedAt']));
    if (to < from) return `a turn of ${participant} ends before it begins`;
    if (from < (endedAt.get(participant) ?? 0)) return `two turns of ${participant} overlap`;
    endedAt.set(participant, to);
  }
  return '';
};

const sharesTalkOut: KeptBy = (ended) => {
  if (ended.job.agent !== conversationMonitor.name) return '';
  const given = summaryOf(ended);
  if (given === undefined) return '';
  const { talkMs, participants, durationMs } = conversationSummarySchema.parse(given);
  const shares = participants.reduce((sum, { talkShare }) => sum + talkShare, 0);
  if (talkMs > 0 && Math.abs(shares - 1) > 0.001) return `the shares of talk sum to ${shares}`;
  const longest = Math.max(0, ...participants.map((one) => one.talkMs));
  return longest <= durationMs ? '' : `somebody talks ${longest} ms of ${durationMs}`;
};

const postsInOrder: KeptBy = ({ world, job, story }) => {
  const posted = world.webhooks.filter((webhook) => webhook.job.jobId === job.jobId);
  const misplaced = posted.find(({ seq }, index) => seq !== index + 1);
  if (misplaced) return `webhook ${misplaced.seq} is misplaced`;
  const events = posted.map(({ event }) => event);
  const hasJoined = story.some(
    (line) => line.type === 'said' && line.emission.type === 'job.joined',
  );
  if (hasJoined && events[0] !== 'session_started') return `the first webhook is ${events[0]}`;
  if (events.at(-1) !== 'session_ended') return `the last webhook is ${events.at(-1)}`;
  return comesAndGoesInTurn(posted);
};

/** Nobody is told to have joined who was there already. */
function comesAndGoesInTurn(posted: readonly OutgoingWebhook[]): string {
  const courses = new Map<string, string>();
  for (const { event, participant } of posted) {
    const sid = participant?.sid ?? '';
    if (!/^participant_(joined|left)$/.test(event)) continue;
    const course = `${courses.get(sid) ?? ''} ${event}`.trim();
    courses.set(sid, course);
    if (!/^(participant_joined)?( ?participant_left)?$/.test(course)) return `${sid}: ${course}`;
  }
  return '';
}

const keepsAWholeLog: KeptBy = ({ lines, story }) => {
  const odd = lines.find(({ kind }) => kind === 'problem' || kind === 'dropped' || kind === 'torn');
  if (odd) return `its log holds ${JSON.stringify(odd)}`;
  const facts = story.flatMap((line) => (line.type === 'heard' ? [line.fact] : []));
  return breachesIn(facts)[0] ?? '';
};

/** What every job of a room agent keeps, whatever happens. */
export const roomPromises: Readonly<Record<string, KeptBy>> = {
  'FUZZ-33': endsOnce,
  'FUZZ-34': opensAndResolvesAlertsInTurn,
  'FUZZ-35': countsWhatItHeard,
  'FUZZ-36': tellsEachItem,
  'FUZZ-37': hasTurnsOneAfterTheOther,
  'FUZZ-38': sharesTalkOut,
  'FUZZ-39': postsInOrder,
  'FUZZ-40': keepsAWholeLog,
};
