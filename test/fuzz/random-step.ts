import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import type { Chance } from './chance.ts';
import { fragile } from './fragile.agent.ts';
import { roomNames, type FuzzWorld } from './fuzz-world.ts';
import { identities, randomHappening } from './random-happening.ts';

type Act = (world: FuzzWorld) => void;

const wrongMetadata = [
  '{"participant_identity":"alice","monitoring":"full"}',
  '{"participant_identity":7}',
  'alice',
  '[]',
];

const inRoom: Act = (world) => {
  if (world.isDown) return;
  const name = world.chance.oneOf(roomNames);
  const room = world.worker.rooms.room(name);
  const happening = randomHappening(world.chance, room, world.knownIn(name));
  if (happening) world.perform(name, happening);
};

const dispatchMonitor: Act = (world) => {
  const { chance } = world;
  const wishes = {
    target: chance.oneOf(identities),
    speakingAlerts: chance.happens(0.9),
    qualityAlerts: chance.happens(0.9),
  };
  const metadata = {
    participant_identity: wishes.target,
    monitoring_type: chance.oneOf(['full', 'full', 'basic', 'custom']),
    end_on_disconnect: chance.happens(0.2),
    notification_preferences: {
      speaking_alerts: wishes.speakingAlerts,
      quality_alerts: wishes.qualityAlerts,
    },
    custom_settings: { priority: 'high', audio: chance.happens(0.7), video: chance.happens(0.7) },
  };
  const room = chance.oneOf(roomNames);
  world.dispatch(participantMonitor.name, room, JSON.stringify(metadata), wishes);
};

const dispatcherOf = (world: FuzzWorld) =>
  world.worker.dispatcher(
    world.chance.oneOf([participantMonitor, participantMonitor, fragile]).name,
  );

/** What may happen next, and how likely it is. */
const acts: readonly (readonly [weight: number, act: Act])[] = [
  [80, inRoom],
  [8, dispatchMonitor],
  [
    1,
    (world) => world.dispatch(fragile.name, world.chance.oneOf(roomNames), '{"any":"thing"}', null),
  ],
  [
    1,
    (world) => {
      const metadata = world.chance.oneOf(wrongMetadata);
      world.dispatch(participantMonitor.name, world.chance.oneOf(roomNames), metadata, null);
    },
  ],
  [
    1.5,
    (world) => {
      const dispatch = world.chance.anyOf(world.dispatches);
      if (dispatch) world.deleteDispatch(dispatch);
    },
  ],
  [
    1.5,
    (world) => {
      const job = world.chance.anyOf([...world.jobs.values()].slice(-8));
      if (job) world.terminate(job);
    },
  ],
  [
    0.7,
    (world) => {
      const job = world.chance.anyOf([...world.jobs.values()].slice(-4));
      if (!job) return;
      world.note('server', `assigns ${job.jobId} unasked`);
      world.worker.dispatcher(job.dispatch.agent).assign(job.jobId);
    },
  ],
  [
    1,
    (world) => {
      world.note('server', 'cuts a socket');
      dispatcherOf(world).drop();
    },
  ],
  [
    0.3,
    (world) => {
      world.note('server', 'says something twice, and something strange');
      dispatcherOf(world).registerAgain();
      dispatcherOf(world).sendGarbage();
    },
  ],
  [
    0.2,
    (world) => {
      const silentMs = world.chance.between(1_000, 25_000);
      const dispatcher = dispatcherOf(world);
      world.note('server', `is silent on a socket for ${silentMs} ms`);
      dispatcher.goSilent();
      world.later(silentMs, () => {
        if (!world.isDown) dispatcher.welcome();
      });
    },
  ],
  [0.3, (world) => world.goDown(world.chance.between(500, 8_000))],
];

/** Mostly at once, so that things meet; now and then long enough for anything to run out. */
const pauseMs = (chance: Chance): number =>
  chance.weighed<() => number>([
    [60, () => chance.between(0, 30)],
    [34, () => chance.between(30, 300)],
    [6, () => chance.between(300, 1_500)],
    [0.5, () => chance.between(2_000, 12_000)],
  ])();

/** Does something, and lets some time pass. */
export async function takeRandomStep(world: FuzzWorld): Promise<void> {
  world.chance.weighed(acts)(world);
  await world.pass(pauseMs(world.chance));
}
