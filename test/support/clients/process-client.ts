import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  createToken,
  parseMessage,
  type ReceivedMessage,
  type TestClient,
  type TestServer,
} from './test-client.ts';

const STDERR_LINES_KEPT = 20;

type ClientEvent =
  | { readonly event: 'done'; readonly id: number }
  | { readonly event: 'failed'; readonly id: number; readonly message: string }
  | { readonly event: 'data'; readonly topic?: string; readonly text: string };

type Pending = {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/** A client that is a program of its own and takes its commands as JSON lines (go-client, python-client). */
export function startProcessClient(
  server: TestServer,
  command: string,
  args: readonly string[] = [],
): TestClient {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const messages: ReceivedMessage[] = [];
  const pending = new Map<number, Pending>();
  const stderr: string[] = [];
  let commands = 0;

  createInterface({ input: child.stderr }).on('line', (line) => {
    stderr.push(line);
    stderr.splice(0, stderr.length - STDERR_LINES_KEPT);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as ClientEvent;
    if (event.event === 'data') {
      messages.push(parseMessage(event.topic, event.text));
      return;
    }
    const call = pending.get(event.id);
    pending.delete(event.id);
    if (event.event === 'done') {
      call?.resolve();
    } else {
      call?.reject(new Error(`${command}: ${event.message}`));
    }
  });
  // A client that has gone also breaks the pipe; its exit says so better.
  child.stdin.on('error', () => {});
  const gone = once(child, 'close').then(() => {
    for (const { reject } of pending.values()) {
      reject(new Error(`${command} ended:\n${stderr.join('\n')}`));
    }
    pending.clear();
  });

  const perform = (words: Readonly<Record<string, unknown>>): Promise<void> => {
    commands += 1;
    const id = commands;
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ id, ...words })}\n`);
    });
  };

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
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    close: async () => {
      child.stdin.end();
      await gone;
    },
  };
}
