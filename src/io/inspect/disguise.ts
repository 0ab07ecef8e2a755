import { Pseudonyms } from '../event-log/pseudonyms.ts';
import { asInPath } from '../event-log/recorded-actors.ts';
import type { Inspected } from './inspected.ts';
import type {
  ActorRow,
  RelayMessage,
  StatelyRelayMessage,
  SystemRow,
  ViewerMessage,
} from './protocol.ts';

/** How a machine calls the actor of somebody. */
const PARTICIPANT = 'participant:';

/**
 * Words in the place of whoever and whatever could be recognised, for as long as a process is inspected.
 *
 * Viewers know only the words, and say them where they mean somebody. What holds for logs holds here as
 * well (`Pseudonyms`); the same name has another word in each of them.
 */
export class Disguise {
  readonly #pseudonyms: Pseudonyms;

  /** @param inspected whoever is in it is never forgotten. */
  constructor(inspected: Pick<Inspected, 'systems' | 'inspectedActors'>) {
    this.#pseudonyms = new Pseudonyms(() => [
      ...inspected.systems.flatMap(({ row }) => namesOf(row)),
      ...peopleIn(inspected.inspectedActors.map(({ ref }) => ({ name: ref.id }))),
    ]);
  }

  /** To be called before anything is told of a system. */
  meet(about: Pick<SystemRow, 'room' | 'identity'>): void {
    for (const name of namesOf(about)) this.#pseudonyms.learnName(name);
  }

  hide(message: RelayMessage | StatelyRelayMessage): unknown {
    for (const name of namesIn(message)) this.#pseudonyms.learnName(name);
    return this.#pseudonyms.data(message);
  }

  reveal(message: ViewerMessage): ViewerMessage {
    if (message.type !== 'look') return message;
    const { actor, room } = message;
    const nameOf = (word: string): string => this.#pseudonyms.nameOf(word) ?? word;
    const inPath = (word: string): string => asInPath(nameOf(word));
    return {
      ...message,
      actor: actor && { ...actor, path: actor.path.replaceAll(/\bp_[\da-f]{16}\b/g, inPath) },
      room: room === null ? null : nameOf(room),
    };
  }
}

/** Beside fields that name somebody in events and contexts, too. */
function namesIn(message: RelayMessage | StatelyRelayMessage): readonly string[] {
  switch (message.type) {
    case 'actors':
      return [...message.systems.map(({ room }) => room ?? ''), ...peopleIn(message.actors)];
    case 'changes':
      return [...message.systems.map(({ room }) => room ?? ''), ...peopleIn(message.added)];
    case 'alerts':
      return message.alerts.map(({ room }) => room ?? '');
    case 'sessions':
      return message.sessions.map(({ room }) => room);
    case 'room':
      return [message.room];
    case 'message':
      return message.message.type === '@xstate.actor' ? peopleIn([message.message]) : [];
    default:
      return [];
  }
}

const namesOf = ({ room, identity }: Pick<SystemRow, 'room' | 'identity'>): readonly string[] =>
  [room, identity].filter((name) => name !== null);

const peopleIn = (actors: readonly Pick<ActorRow, 'name'>[]): readonly string[] =>
  actors
    .filter(({ name }) => name.startsWith(PARTICIPANT))
    .map(({ name }) => name.slice(PARTICIPANT.length));
