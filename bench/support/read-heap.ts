/** How much of the JavaScript heap is in use once everything is collected that can be. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** @returns bytes. */
export function readHeap(): number {
  // What the first one finalises is collected by the second.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
