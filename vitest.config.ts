import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Against a real server. */
const onServer = {
  globalSetup: 'test/support/live-server.setup.ts',
  // The native media stack does not run in worker threads.
  pool: 'forks',
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

/** One group of projects begins when the one before it is over: their loads would be in each other's way. */
const group = (groupOrder: number) => ({ sequence: { groupOrder } });

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/live/**', 'test/browser/**', 'test/faults/**'],
          setupFiles: ['test/support/no-warnings.ts'],
          // Unless told, it leaves one core to itself, which on two is half of the time.
          maxWorkers: availableParallelism(),
          // None takes more than 2 s; a busy machine may.
          testTimeout: 20_000,
          ...group(1),
        },
      },
      {
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          ...onServer,
          // Most of their time they wait for the server.
          maxWorkers: 2,
          ...group(2),
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...onServer,
          // A browser takes both cores.
          fileParallelism: false,
          ...group(3),
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          ...onServer,
          fileParallelism: false,
          ...group(4),
        },
      },
    ],
  },
});
