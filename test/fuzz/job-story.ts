import type { EventObject } from 'xstate';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import type { AgentCommand, RoomFact } from '../../src/machines/events.ts';
import type { JobEmission } from '../../src/machines/job/job.machine.ts';

type Message = Extract<AgentCommand, { type: 'data.publish' }>;

/**
 * What a job heard, said and did, in order, as its event log tells it. `at` is epoch milliseconds, `seq` the
 * step that it belongs to.
 */
export type StoryLine = { readonly at: number; readonly seq: number } & (
  | { readonly type: 'heard'; readonly fact: RoomFact }
  | { readonly type: 'agentBegan' }
  | { readonly type: 'said'; readonly emission: JobEmission }
  | { readonly type: 'sent'; readonly message: Message }
);

const isRoomFact = (event: EventObject): event is RoomFact =>
  /^(room|participant|track|data|text|command)\./.test(event.type);

const isMessage = (event: EventObject): event is Message => event.type === 'data.publish';

const isEmission = (event: unknown): event is JobEmission =>
  typeof event === 'object' && event !== null && 'type' in event;

export function storyOf(lines: readonly (FileLine | TornLine)[]): readonly StoryLine[] {
  const paths = new Map<number, string>();
  const story: StoryLine[] = [];
  let startedAt = 0;
  let at = 0;
  for (const line of lines) {
    if (line.kind === 'head') startedAt = line.startedAt;
    if ('t' in line) at = startedAt + line.t;
    if (!('seq' in line)) continue;
    const when = { at, seq: line.seq };
    if (line.kind === 'actor') {
      paths.set(line.actor, line.path);
      if (line.path === 'job/agent') story.push({ ...when, type: 'agentBegan' });
    }
    const path = 'actor' in line ? paths.get(line.actor) : undefined;
    if (line.kind === 'input' && path === 'job/room' && isRoomFact(line.event)) {
      story.push({ ...when, type: 'heard', fact: line.event });
    }
    if (line.kind === 'emitted' && path === 'job' && isEmission(line.event)) {
      story.push({ ...when, type: 'said', emission: line.event });
    }
    if (line.kind === 'command' && path === 'job/room' && isMessage(line.event)) {
      story.push({ ...when, type: 'sent', message: line.event });
    }
  }
  return story;
}
