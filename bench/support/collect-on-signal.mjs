// Loaded into the worker of a bench: a full garbage collection whenever SIGUSR2 comes, so that the heap
// can be read without what is only waiting to be collected.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
