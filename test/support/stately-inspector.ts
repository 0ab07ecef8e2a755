import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { onTestFinished } from 'vitest';

const STAND_IN = fileURLToPath(new URL('clients/stately-stand-in.mjs', import.meta.url));

/** The script of a page in the place of Stately's hosted inspector, with all that it imports. */
export async function buildStandIn(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry: STAND_IN, formats: ['es'] } },
  });
  if (!Array.isArray(built)) throw new Error('vite built no library');
  const code = built.flatMap(({ output }) =>
    output.flatMap((part) => (part.type === 'chunk' ? [part.code] : [])),
  );
  return code.join('\n');
}

/**
 * A host of its own with a page in the place of Stately's hosted inspector, until the end of the test.
 *
 * @returns the address of the page.
 */
export async function serveInspector(script: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>stand-in</title><script type="module">${script}</script>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/inspect`;
}
