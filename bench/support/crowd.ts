import { buildGoClient } from '../../test/support/clients/build-go-client.ts';
import {
  startCommandProcess,
  type SourceTurn,
} from '../../test/support/clients/command-process.ts';
import { goClientBinary } from '../../test/support/clients/programs.ts';
import { createToken, type TestServer } from '../../test/support/clients/test-client.ts';

export type Member = { readonly room: string; readonly identity: string };

/** A data message, when it came to whom. */
export type Received = { readonly to: string; readonly text: string; readonly atMs: number };

type CrowdEars = {
  readonly onData?: (message: Received) => void;
  /** When the sound or the picture of somebody began or ceased. */
  readonly onTurn?: (turn: SourceTurn) => void;
};

/** As which the crowd names somebody. */
export const nameOf = ({ room, identity }: Member): string => `${room}/${identity}`;

/** Many participants in one process: LiveKit's Go test client, which costs little. */
export type Crowd = {
  readonly pid: number;
  /** Enters without media. */
  enterSilently(member: Member): Promise<void>;
  /** Enters, publishes a microphone, and talks without a pause. */
  enterTalking(member: Member): Promise<void>;
  /** Enters and publishes these, silent and filming; nothing: only to get data messages. */
  enterWith(member: Member, sources: readonly ('microphone' | 'camera')[]): Promise<void>;
  speak(member: Member, on: boolean): Promise<void>;
  /** A camera that does not film stays published and unmuted, and sends no pictures. */
  film(member: Member, on: boolean): Promise<void>;
  /** Sends this text so often, reliably and without a topic, until the participant leaves. */
  flood(member: Member, text: string, messagesHz: number): Promise<void>;
  leave(member: Member): Promise<void>;
  /** Ends it, whoever is still in a room. */
  kill(): Promise<void>;
};

export async function startCrowd(
  server: TestServer,
  { onData, onTurn }: CrowdEars = {},
): Promise<Crowd> {
  const problem = await buildGoClient((line) => process.stderr.write(`${line}\n`));
  if (problem !== undefined) throw new Error(problem);
  const client = startCommandProcess({
    command: goClientBinary(),
    onData: ({ as = '', text, atMs = NaN }) => onData?.({ to: as, text, atMs }),
    ...(onTurn && { onTurn }),
  });
  const enter = async (member: Member, sources: readonly string[], deaf = true): Promise<void> => {
    const token = await createToken(server, member);
    const as = nameOf(member);
    await client.perform({ as, do: 'join', url: server.url, token, sources, deaf });
  };
  const speak = (member: Member, on: boolean): Promise<void> =>
    client.perform({ as: nameOf(member), do: 'speak', on });
  return {
    pid: client.pid,
    enterSilently: (member) => enter(member, []),
    enterTalking: async (member) => {
      await enter(member, ['microphone']);
      await speak(member, true);
    },
    enterWith: (member, sources) => enter(member, sources, false),
    speak,
    film: (member, on) => client.perform({ as: nameOf(member), do: 'film', on }),
    flood: (member, text, messagesHz) =>
      client.perform({ as: nameOf(member), do: 'flood', text, rateHz: messagesHz }),
    leave: (member) => client.perform({ as: nameOf(member), do: 'leave' }),
    kill: client.kill,
  };
}
