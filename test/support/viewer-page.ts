import { readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = join(root, 'visualizations/viewer');
const built = join(root, 'dist/viewer');

/** Of what is shared with the rest, the page takes these (the layer rule `viewer-shows`). */
const shared = /^(protocol|known-|chart-|machine-chart)/;

/** Whether the page of relays is there, and not older than its sources. */
export function isViewerBuilt(): boolean {
  const builtAt = statSync(join(built, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = [
    ...filesIn(sources),
    ...['src/io/inspect', 'src/io/diagrams'].flatMap((folder) =>
      filesIn(join(root, folder), shared),
    ),
  ];
  return files.every((file) => statSync(file).mtimeMs < builtAt);
}

/** Builds it beside the old one, and puts it in its place: nobody finds half a page. */
export async function buildViewer(): Promise<void> {
  await mkdir(join(root, 'dist'), { recursive: true });
  const work = await mkdtemp(join(root, 'dist/viewer-'));
  try {
    const outDir = join(work, 'new');
    await build({ root: sources, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    await rename(built, join(work, 'old')).catch((cause: unknown) => {
      // The first one takes nobody's place.
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    });
    await rename(outDir, built);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const filesIn = (folder: string, named = /./): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => named.test(name))
    .map((name) => join(folder, name));
