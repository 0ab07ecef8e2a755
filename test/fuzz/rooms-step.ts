import type { Happening } from '../../src/io/simulated/script.ts';
import { identities, randomHappening } from './random-happening.ts';
import { roomNames, type RoomsWorld } from './rooms-world.ts';

const words = ['good morning', '{"text":"I love it"}', '{"text":7}', '{', 'x'.repeat(500), ''];

/** What somebody inside says in writing, well or badly. */
function randomWords({ chance, worker }: RoomsWorld, room: string): Happening | undefined {
  const identity = chance.oneOf(identities);
  if (!worker.rooms.room(room).find(identity)) return undefined;
  return chance.weighed<Happening>([
    [
      6,
      {
        type: 'sendData',
        identity,
        topic: chance.oneOf(['transcription', 'agent_response']),
        text: chance.oneOf(words),
      },
    ],
    [3, { type: 'sendText', identity, topic: 'lk.transcription', text: 'a whole sentence' }],
    [
      1,
      {
        type: 'sendData',
        identity,
        topic: chance.oneOf(['conversation_replay', 'conversation_analysis']),
        text: '{"version":1,"after":0,"reply_to":"bob"}',
      },
    ],
  ]);
}

/** Does something, and lets some time pass. */
export async function takeRoomsStep(world: RoomsWorld): Promise<void> {
  const { chance, worker } = world;
  const name = chance.oneOf(roomNames);
  const happening = chance.happens(0.25)
    ? randomWords(world, name)
    : randomHappening(chance, worker.rooms.room(name), world.knownIn(name));
  if (happening) world.perform(name, happening);
  if (chance.happens(0.01)) {
    const job = chance.anyOf(world.jobs.slice(-6));
    if (job) world.terminate(job);
  }
  await world.pass(
    chance.weighed([
      [60, chance.between(0, 30)],
      [34, chance.between(30, 300)],
      [6, chance.between(300, 1_500)],
      [0.5, chance.between(2_000, 12_000)],
    ]),
  );
}
