import type { ConversationSummary } from '../../machines/conversation/conversation-figures.ts';
import type { EndReason } from '../../machines/events.ts';
import type { RoomFigures, RoomSummary } from '../../machines/room/room-figures.ts';
import type { SessionSummary } from '../../machines/session/session.events.ts';
import { readRoomFigures } from '../../machines/supervisor/room-figures-check.logic.ts';
import { sessionSummarySchema } from '../session-summary.codec.ts';
import { conversationSummarySchema } from './conversation-summary.codec.ts';
import { roomSummarySchema } from './room-summary.codec.ts';

type Figures = Readonly<Record<string, unknown>>;

/** A job that has ended, with the closing figures that its agent brought. */
export type ClosedJob = {
  readonly agent: string;
  readonly room: string;
  /** Null where it was cut off, or never began to sum up. */
  readonly summary: Figures | null;
  /** The last that it reported before; null where it never did. */
  readonly figures: Figures | null;
};

/** What is known of a room in the end; of one whose job was cut off, what was reported last. */
export type ClosedRoom = Omit<RoomFigures, 'kind' | 'state'> &
  Pick<RoomSummary, 'whoWasThere'> & {
    readonly speakingMs: number | null;
    /** Null where the job was cut off. */
    readonly endReason: EndReason | null;
  };

/** What a job was about, and came to. */
export type Closing =
  | { readonly about: 'session'; readonly session: SessionSummary }
  | { readonly about: 'room'; readonly room: ClosedRoom }
  | { readonly about: 'conversation'; readonly conversation: ConversationSummary }
  /** Of an agent with figures of its own. */
  | { readonly about: 'other'; readonly other: ClosedJob };

/** Null where nothing is known of what a job did. */
export function readClosing(job: ClosedJob): Closing | null {
  const { summary, figures } = job;
  const session = sessionSummarySchema.safeParse(summary);
  if (session.success) return { about: 'session', session: session.data };
  const room = roomSummarySchema.safeParse(summary);
  if (room.success) return { about: 'room', room: room.data };
  const conversation = conversationSummarySchema.safeParse(summary);
  if (conversation.success) return { about: 'conversation', conversation: conversation.data };
  const last = summary === null && figures !== null ? readRoomFigures(figures) : null;
  if (last) return { about: 'room', room: cutOff(last) };
  return summary === null && figures === null ? null : { about: 'other', other: job };
}

/** The names are in the summary alone, and others may have come since. */
const cutOff = ({ kind: _, state: __, ...figures }: RoomFigures): ClosedRoom => ({
  ...figures,
  whoWasThere: [],
  identitiesAreExact: false,
  speakingMs: null,
  endReason: null,
});
