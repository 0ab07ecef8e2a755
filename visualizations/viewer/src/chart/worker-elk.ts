import Elk from 'elkjs/lib/elk-api.js';
import elkWorkerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { LayoutEngine } from '../../../../src/io/diagrams/chart-layout.ts';

/** ELK in a worker of the browser, so that a big chart stops nothing else on the page. */
export function workerElk(): LayoutEngine {
  const worker = new Worker(elkWorkerUrl);
  const broken = new Promise<never>((_resolve, reject) => {
    worker.addEventListener('error', ({ message }) => {
      reject(
        new Error(`The layout engine stopped: ${message || 'its script could not be loaded'}.`),
      );
    });
  });
  broken.catch(() => {});
  const elk = new Elk({ workerFactory: () => worker });
  // ELK itself waits for ever for the answer of a worker that broke.
  return { layout: (graph) => Promise.race([elk.layout(graph), broken]) };
}
