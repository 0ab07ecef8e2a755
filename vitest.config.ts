import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/live/**', 'test/browser/**'],
          setupFiles: ['test/support/no-warnings.ts'],
        },
      },
      {
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts', 'test/browser/**/*.test.ts'],
          globalSetup: ['test/support/live-server.setup.ts'],
          // The native media stack does not run in worker threads.
          pool: 'forks',
          // One native media stack and two cores: live files run one after the other.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
