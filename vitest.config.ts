import { defineConfig } from 'vitest/config';

/** Against a real server. */
const onServer = {
  globalSetup: 'test/support/live-server.setup.ts',
  // The native media stack does not run in worker threads.
  pool: 'forks',
  // One native media stack and two cores: files run one after the other.
  fileParallelism: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/live/**', 'test/browser/**', 'test/faults/**'],
          setupFiles: ['test/support/no-warnings.ts'],
        },
      },
      {
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts', 'test/browser/**/*.test.ts'],
          ...onServer,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          ...onServer,
        },
      },
    ],
  },
});
