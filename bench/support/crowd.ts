import { buildGoClient } from '../../test/support/clients/build-go-client.ts';
import { startCommandProcess } from '../../test/support/clients/command-process.ts';
import { goClientBinary } from '../../test/support/clients/programs.ts';
import { createToken, type TestServer } from '../../test/support/clients/test-client.ts';

export type Member = { readonly room: string; readonly identity: string };

/** Many participants in one process: LiveKit's Go test client, which costs little. */
export type Crowd = {
  readonly pid: number;
  /** Enters without media. */
  enterSilently(member: Member): Promise<void>;
  /** Enters, publishes a microphone, and talks without a pause. */
  enterTalking(member: Member): Promise<void>;
  leave(member: Member): Promise<void>;
  /** Ends it, whoever is still in a room. */
  kill(): Promise<void>;
};

export async function startCrowd(server: TestServer): Promise<Crowd> {
  const problem = await buildGoClient((line) => process.stderr.write(`${line}\n`));
  if (problem !== undefined) throw new Error(problem);
  const client = startCommandProcess({ command: goClientBinary(), onData: () => {} });
  const nameOf = ({ room, identity }: Member): string => `${room}/${identity}`;
  const enter = async (member: Member, sources: readonly string[]): Promise<string> => {
    const as = nameOf(member);
    const token = await createToken(server, member);
    await client.perform({ as, do: 'join', url: server.url, token, sources, deaf: true });
    return as;
  };
  return {
    pid: client.pid,
    enterSilently: async (member) => {
      await enter(member, []);
    },
    enterTalking: async (member) => {
      const as = await enter(member, ['microphone']);
      await client.perform({ as, do: 'speak', on: true });
    },
    leave: (member) => client.perform({ as: nameOf(member), do: 'leave' }),
    kill: client.kill,
  };
}
