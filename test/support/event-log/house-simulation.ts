import type { Clock, Random } from '../../../src/actors/ports.ts';
import type { LevelMeasured } from '../../../src/machines/events.ts';
import { port } from '../../../src/machines/slots.ts';
import { guestMachine, type LevelsCommand } from './guest.machine.ts';
import { houseMachine, type HouseConfig } from './house.machine.ts';

export const houseConfig: HouseConfig = {
  loudLevel: 0.5,
  quietMs: 250,
  patienceMs: 9_000,
  checkMs: 1_000,
  closingMs: 700,
};

type DoorFact = { readonly type: 'door.opened' | 'door.closed'; readonly name: string };

const names = ['ann', 'bob/bo', 'cem', 'd%d', 'eve'];

/** Numbers from a seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A house whose guests come, make noise and go by chance. */
export function simulatedHouse(clock: Clock, random: Random) {
  const repeat = (nextMs: () => number, act: () => void): (() => void) => {
    let handle: unknown;
    const again = () => {
      handle = clock.setTimeout(() => {
        act();
        again();
      }, nextMs());
    };
    again();
    return () => clock.clearTimeout(handle);
  };

  const door = port<{ street: string }, DoorFact>(({ send }) =>
    repeat(
      () => Math.floor(random() * 900),
      () => {
        const name = names[Math.floor(random() * names.length)] ?? 'nobody';
        send({ type: random() < 0.6 ? 'door.opened' : 'door.closed', name });
      },
    ),
  );

  const levels = port<{ name: string }, LevelMeasured, LevelsCommand>(({ send, receive }) => {
    let paceMs = 100;
    receive((command) => {
      paceMs = command.paceMs;
    });
    return repeat(
      () => paceMs + (random() < 0.1 ? Math.floor(random() * 30) : 0),
      () => {
        const rms = Math.round(random() ** 4 * 1e4) / 1e4;
        send({ type: 'audio.levelMeasured', rms, at: clock.now() });
      },
    );
  });

  return houseMachine.provide({
    actors: { door, guest: guestMachine.provide({ actors: { levels } }) },
  });
}
