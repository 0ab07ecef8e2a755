import { createActor } from 'xstate';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/io/clock.ts';
import { Disguise } from '../../../src/io/inspect/disguise.ts';
import { Inspection } from '../../../src/io/inspect/inspection.ts';
import type { Look } from '../../../src/io/inspect/protocol.ts';
import { lampMachine } from '../../support/lamp.machine.ts';

const source = { kind: 'live', command: 'test', greenroom: '0', startedAt: 0 } as const;

/** A disguise of one job, about alice in ward-7, after so many others have come and gone. */
function disguiseAfter(guests: number): Disguise {
  const inspection = new Inspection({ source, clock: systemClock, frames: systemClock });
  const disguise = new Disguise(inspection);
  const about = { id: 'AJ_1', kind: 'job', agent: 'a', room: 'ward-7', identity: 'alice' } as const;
  disguise.meet(about);
  inspection.attach({
    root: createActor(lampMachine),
    about,
    timersOf: () => [],
    session: () => null,
    worker: () => null,
  });
  for (let guest = 1; guest <= guests; guest += 1)
    disguise.meet({ room: null, identity: `guest-${guest}` });
  return disguise;
}

const textSaid = (disguise: Disguise, message: string): string =>
  JSON.stringify(disguise.hide({ type: 'refused', code: 'E_TEST', message }));

const pathSaid = (disguise: Disguise, path: string): string =>
  JSON.stringify(disguise.hide({ type: 'noActor', system: 'AJ_1', path }));

it('[RLY-53] learns names without end, and forgets nobody who is still to be seen', () => {
  const disguise = disguiseAfter(12_000);
  expect(textSaid(disguise, 'guest-12000 waits for alice in ward-7')).toMatch(
    /"p_\w+ waits for p_\w+ in p_\w+"/,
  );
});

it.each(['guest-1', 'guest-12000', 'bob', 'a%2Fb%25'])(
  '[RLY-54] does not name %s in a path, forgotten or never named before',
  (identity) => {
    const disguise = disguiseAfter(12_000);
    expect(pathSaid(disguise, `job/agent/participant:${identity}/track:TR_1`)).toMatch(
      /"job\/agent\/participant:p_\w+\/track:TR_1"/,
    );
  },
);

it('[RLY-55] understands whom a viewer means after many others', () => {
  const disguise = disguiseAfter(12_000);
  const path = 'job/agent/participant:alice';
  const [word = ''] = /p_\w+/.exec(pathSaid(disguise, path)) ?? [];
  const look: Look = { frameRateHz: 10, tree: true, actor: null, room: null, sessions: false };
  const actor = { system: 'AJ_1', path: `job/agent/participant:${word}` };
  expect(disguise.reveal({ type: 'look', ...look, actor })).toMatchObject({ actor: { path } });
});
