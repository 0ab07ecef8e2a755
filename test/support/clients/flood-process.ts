/**
 * A participant that sends as much data as the SDK lets it, from its start on until its parent ends it:
 * `tsx flood-process.ts <url> <token>`. Says `flooding` on stdout once it is inside.
 */
import { Room } from '@livekit/rtc-node';
import { sleep } from '../../../src/io/clock.ts';

/** More are not on their way at once: each takes memory until it is sent. */
const AT_ONCE = 500;

const [url = '', token = ''] = process.argv.slice(2);
const room = new Room();
await room.connect(url, token, { autoSubscribe: false, dynacast: false });
console.log('flooding');
const bytes = new TextEncoder().encode('{"type":"flood"}');
const options = { reliable: true, topic: 'flood' };
for (;;) {
  const { localParticipant } = room;
  if (!localParticipant) break;
  const sent = Array.from({ length: AT_ONCE }, () =>
    localParticipant.publishData(bytes, options).catch(() => undefined),
  );
  await Promise.all(sent);
  await sleep(1);
}
