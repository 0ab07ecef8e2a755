import type { ErrorInfo, RoomCommand, RoomFactOf, RoomServiceCommand } from '../machines/events.ts';

/** What answers a command that could not be carried out, but for the time. */
export function commandFailure(
  command: RoomCommand | RoomServiceCommand,
  error: ErrorInfo,
): Omit<RoomFactOf<'command.failed'>, 'at'> {
  return { type: 'command.failed', command: command.type, ...requestIdIn(command), error };
}

/** The id that an answer takes over from its command; nothing where it has none. */
export const requestIdIn = (
  command: RoomCommand | RoomServiceCommand,
): { readonly requestId?: string } =>
  'requestId' in command && typeof command.requestId === 'string'
    ? { requestId: command.requestId }
    : {};
