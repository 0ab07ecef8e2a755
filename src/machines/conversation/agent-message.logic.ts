import type { RoomFactOf } from '../events.ts';

/**
 * Whether a data message comes from an agent: a visible one, or a hidden one that sealed it, without which
 * nothing tells it from somebody who just came. A sealed one from anybody with a name is a copy.
 */
export const isFromAgent = (
  { sender, seal }: Pick<RoomFactOf<'data.received'>, 'sender' | 'seal'>,
  agents: readonly string[],
): boolean => (sender === null ? seal === 'valid' : agents.includes(sender.identity));
