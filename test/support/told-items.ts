import type { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import type { ConversationItem } from '../../src/machines/conversation/conversation-item.ts';
import { readMessage } from '../../src/machines/conversation/item-message.logic.ts';

/** The items of a conversation that somebody was told, in the order in which they came. */
export const toldItems = ({
  messages,
}: Pick<SyntheticParticipant, 'messages'>): readonly ConversationItem[] =>
  messages
    .filter(({ topic }) => topic === 'conversation_analysis')
    .map(({ text }) => {
      const read = readMessage(text);
      if (!read.ok) throw new Error(`${read.problem}: ${text}`);
      return read.message.item;
    });
