import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/** The page that a relay serves: nothing of it comes from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  // Wherever a proxy puts it.
  base: './',
  plugins: [preact()],
  build: {
    outDir: '../../dist/viewer',
    emptyOutDir: true,
    target: 'es2022',
    // The page's content security policy knows no inline data.
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
});
