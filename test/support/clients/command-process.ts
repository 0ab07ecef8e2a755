import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const STDERR_LINES_KEPT = 20;

type ClientEvent =
  | { readonly event: 'done'; readonly id: number }
  | { readonly event: 'failed'; readonly id: number; readonly message: string }
  | ReceivedText
  | SourceTurn;

/** A data message. The Go client, where many are in one process, also says who got it and when. */
type ReceivedText = {
  readonly event: 'data';
  readonly topic?: string;
  readonly text: string;
  /** The name that was given at the join. */
  readonly as?: string;
  /** Epoch milliseconds. */
  readonly atMs?: number;
};

/** Of the Go client alone: the first or last packet with sound or picture of somebody was sent then. */
export type SourceTurn = {
  readonly event: 'began' | 'ceased';
  readonly as: string;
  readonly source: 'microphone' | 'camera';
  /** Epoch milliseconds. */
  readonly atMs: number;
};

type Pending = {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

type CommandProcessOptions = {
  readonly command: string;
  readonly args?: readonly string[];
  /** Hears of the data messages that the client gets. */
  readonly onData: (message: ReceivedText) => void;
  readonly onTurn?: (turn: SourceTurn) => void;
};

/** A program that takes its commands as JSON lines, and ends with this process. */
export type CommandProcess = {
  readonly pid: number;
  /** Resolves when the program says that it is done; rejects when it failed or ended. */
  perform(words: Readonly<Record<string, unknown>>): Promise<void>;
  kill(): Promise<void>;
  close(): Promise<void>;
};

export function startCommandProcess({
  command,
  args = [],
  onData,
  onTurn,
}: CommandProcessOptions): CommandProcess {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
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
      onData(event);
      return;
    }
    if ('source' in event) {
      onTurn?.(event);
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

  return {
    pid: child.pid ?? 0,
    perform: (words) => {
      commands += 1;
      const id = commands;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id, ...words })}\n`);
      });
    },
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
