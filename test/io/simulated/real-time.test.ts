import { expect, it, onTestFinished, vi } from 'vitest';
import type { RoomFact } from '../../../src/machines/events.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { Director } from '../../../src/io/simulated/director.ts';
import { SimulatedServer } from '../../../src/io/simulated/server.ts';
import { breachesIn } from '../../contracts/orderly-facts.ts';
import { scriptOf } from '../../support/simulated-agent.ts';

it('[SIM-28] runs on the real clock as well', async () => {
  const server = new SimulatedServer({ clock: systemClock, nastiness: 0.2, seed: 5 });
  const director = new Director(server.room('support'), systemClock);
  const client = server.client('support', { identity: 'agent-1' });
  onTestFinished(async () => {
    director.stop();
    await client.close();
    server.stop();
  });
  const facts: RoomFact[] = [];
  client.facts$.subscribe((fact) => facts.push(fact));
  client.join();
  director.play(scriptOf('0:00.200 alice joins\n0:00.400 alice mutes\n0:01.500 alice leaves'));
  const hasHeard = (type: RoomFact['type']) => facts.some((fact) => fact.type === type);
  const deadline = { timeout: 10_000 };
  await vi.waitFor(() => expect(hasHeard('participant.connected')).toBe(true), deadline);
  await vi.waitFor(() => expect(hasHeard('participant.disconnected')).toBe(true), deadline);
  client.leave();
  await vi.waitFor(() => expect(facts.at(-1)?.type).toBe('room.disconnected'), deadline);
  expect(breachesIn(facts)).toEqual([]);
});
