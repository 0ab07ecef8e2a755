// A small agent as users of @livekit/agents write it: joins its room, and measures the level of every microphone.
import { AutoSubscribe, ServerOptions, cli, defineAgent } from '@livekit/agents';
import { AudioStream, RoomEvent } from '@livekit/rtc-node';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** The same windows as greenroom's, which cost less than the stream's own 10 ms at 48 kHz. */
const WINDOWS = { sampleRate: 16_000, numChannels: 1, frameSizeMs: 100 };
const LOUD = 0.01;
const FULL_SCALE = 32_768;

export default defineAgent({
  entry: async (ctx) => {
    ctx.room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
      void listen(track, () =>
        tell('microphone heard', { room: ctx.room.name, of: participant.identity }),
      );
    });
    await ctx.connect(undefined, AutoSubscribe.AUDIO_ONLY);
    tell('room joined', { room: ctx.room.name });
  },
});

async function listen(track, onFirstLoud) {
  let isHeard = false;
  for await (const { data } of new AudioStream(track, WINDOWS)) {
    let energy = 0;
    for (const sample of data) energy += sample * sample;
    const rms = Math.sqrt(energy / data.length) / FULL_SCALE;
    if (!isHeard && rms > LOUD) {
      isHeard = true;
      onFirstLoud();
    }
  }
}

function tell(msg, about) {
  console.log(JSON.stringify({ msg, time: new Date().toISOString(), ...about }));
}

/** It has no way to take a free port by itself. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// Each job's process imports this file too.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = await freePort();
  tell('serving health', { port });
  cli.runApp(
    new ServerOptions({
      agent: fileURLToPath(import.meta.url),
      agentName: 'peer',
      host: '127.0.0.1',
      port,
      // By default it reports the machine's CPU, and the server loses what it is asked over 70 % of it.
      loadFunc: async () => 0,
    }),
  );
}
