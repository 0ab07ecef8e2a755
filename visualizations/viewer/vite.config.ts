import { join } from 'node:path';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { thirdParty } from './third-party.ts';

/** The pages that a relay serves: nothing of them comes from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  // Wherever a proxy puts it.
  base: './',
  plugins: [preact(), thirdParty()],
  build: {
    outDir: '../../dist/viewer',
    emptyOutDir: true,
    target: 'es2022',
    // The page's content security policy knows no inline data.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: ['index.html', 'stately.html'].map((page) => join(import.meta.dirname, page)),
    },
  },
  worker: { format: 'es' },
});
