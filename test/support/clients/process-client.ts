import { startCommandProcess } from './command-process.ts';
import {
  createToken,
  parseMessage,
  type ReceivedMessage,
  type TestClient,
  type TestServer,
} from './test-client.ts';

/** A client that is a program of its own and takes its commands as JSON lines (go-client, python-client). */
export function startProcessClient(
  server: TestServer,
  command: string,
  args: readonly string[] = [],
): TestClient {
  const messages: ReceivedMessage[] = [];
  const { perform, kill, close } = startCommandProcess({
    command,
    args,
    onData: ({ topic, text }) => messages.push(parseMessage(topic, text)),
  });
  return {
    messages,
    join: async (who) => {
      const token = await createToken(server, who);
      await perform({ do: 'join', url: server.url, token });
    },
    speak: (isSpeaking) => perform({ do: 'speak', on: isSpeaking }),
    mute: (source, isMuted) => perform({ do: 'mute', source, on: isMuted }),
    publishData: (topic, body) => perform({ do: 'publishData', topic, text: JSON.stringify(body) }),
    leave: () => perform({ do: 'leave' }),
    kill,
    close,
  };
}
