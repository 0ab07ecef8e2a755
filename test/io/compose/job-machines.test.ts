import { createMachine } from 'xstate';
import { expect, it } from 'vitest';
import { defineAgent } from '../../../src/agents/define-agent.ts';
import { JobMachines } from '../../../src/io/compose/job-machines.ts';
import { plainAgent } from '../../support/plain-agent.ts';

const named = (name: string) =>
  defineAgent({
    ...plainAgent,
    name,
    machine: () => createMachine({ id: name }),
    view: () => ({ state: 'here' }),
  });
const [one, other] = [named('one'), named('other')];

it('[COMP-18] builds the statechart of an agent once for 200 jobs, and another for those after', () => {
  const machines = new JobMachines();
  const built = Array.from({ length: 401 }, () => machines.machineOf(one));
  expect(new Set(built.slice(0, 200)).size).toBe(1);
  expect(new Set(built.slice(200, 400)).size).toBe(1);
  expect(new Set(built).size).toBe(3);
});

it('[COMP-18] gives each agent a statechart of its own', () => {
  const machines = new JobMachines();
  const first = machines.machineOf(one);
  expect(machines.machineOf(other)).not.toBe(first);
  expect(machines.machineOf(one)).toBe(first);
});
