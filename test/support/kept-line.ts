import type { ActorRow, RelayMessage } from '../../src/io/inspect/protocol.ts';
import type { ViewerLine } from '../../src/io/inspect/viewable.ts';

type MessageOf<TType extends RelayMessage['type']> = Extract<RelayMessage, { type: TType }>;

/** A viewer's end of a stream: keeps what it is told, and the actors as they are after it. */
export class KeptLine implements ViewerLine {
  bufferedBytes = 0;
  messages: RelayMessage[] = [];
  readonly actors = new Map<number, ActorRow>();

  send(message: RelayMessage): void {
    // As it comes over the wire: what has no JSON does not arrive.
    JSON.stringify(message);
    this.messages.push(message);
    if (message.type === 'reset') this.actors.clear();
    if (message.type === 'actors') for (const row of message.actors) this.actors.set(row.id, row);
    if (message.type !== 'changes') return;
    for (const row of message.added) this.actors.set(row.id, row);
    for (const change of message.changed) {
      const row = this.actors.get(change.id);
      if (!row) throw new Error(`The actor ${change.id} changed, and nobody has told of it.`);
      this.actors.set(change.id, { ...row, ...change });
    }
    for (const id of message.removed) this.actors.delete(id);
  }

  all<TType extends RelayMessage['type']>(type: TType): readonly MessageOf<TType>[] {
    return this.messages.filter((message) => isOf(message, type));
  }

  last<TType extends RelayMessage['type']>(type: TType): MessageOf<TType> | undefined {
    return this.all(type).at(-1);
  }

  at(path: string): ActorRow | undefined {
    return [...this.actors.values()].findLast((row) => row.path === path);
  }

  forget(): void {
    this.messages = [];
  }
}

const isOf = <TType extends RelayMessage['type']>(
  message: RelayMessage,
  type: TType,
): message is MessageOf<TType> => message.type === type;
