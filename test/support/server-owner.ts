/** A process that starts a server, says its process id, and stays until it is killed. */
import { startLocalServer } from '../../src/io/livekit/local-server.ts';

const server = await startLocalServer({ binary: process.argv[2] ?? '' });
process.stdout.write(`${server.pid}\n`);
