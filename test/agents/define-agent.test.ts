import { fromPromise, setup } from 'xstate';
import { z } from 'zod';
import { expect, it } from 'vitest';
import { request } from '../../src/actors/request.actor.ts';
import { defineAgent, type AgentDefinition } from '../../src/agents/define-agent.ts';
import { text } from '../../src/agents/setting-types.ts';
import type { AgentInput } from '../../src/machines/job/job.events.ts';
import { port } from '../../src/machines/slots.ts';
import { plainAgent } from '../support/plain-agent.ts';

const plain = setup({
  types: {} as { input: AgentInput },
  actors: { lookup: request(() => Promise.resolve(1)), clock: port(() => () => {}) },
}).createMachine({ id: 'plain' });

const base = {
  name: 'tested',
  ...plainAgent,
  machine: () => plain,
  view: () => ({ state: 'here' }),
} as const satisfies AgentDefinition;

it('[AGENT-1] takes an agent whose actors are machines and ports', () => {
  expect(defineAgent(base)).toBe(base);
});

it.each(['', 'two words', 'a/b', 'ü', 'a'.repeat(65)])(
  '[AGENT-2] refuses the name "%s", and says what a name is',
  (name) => {
    expect(() => defineAgent({ ...base, name })).toThrow(
      'its name must be letters, digits, "-" and "_", at most 64',
    );
  },
);

it('[AGENT-3] refuses, by its path, an actor that a replay would run again', () => {
  const inner = setup({
    actors: { fetchList: fromPromise(() => Promise.resolve([])) },
  }).createMachine({ id: 'inner' });
  const machine = () =>
    setup({ types: {} as { input: AgentInput }, actors: { inner } }).createMachine({ id: 'outer' });
  expect(() => defineAgent({ ...base, machine })).toThrow(
    'the actor outer/inner/fetchList is neither machine nor port',
  );
});

it('[AGENT-4] refuses a secret among the settings, because they stand in the event log', () => {
  const settings = z.object({ MODEL_KEY: text({ description: 'The key.', isSecret: true }) });
  expect(() => defineAgent({ ...base, settings })).toThrow('its setting MODEL_KEY is a secret');
});

it('[AGENT-5] names every mistake at once', () => {
  const settings = z.object({ MODEL_KEY: text({ description: 'The key.', isSecret: true }) });
  expect(() => defineAgent({ ...base, name: 'a b', settings })).toThrow(
    /The agent "a b" cannot be run: its name must .*; its setting MODEL_KEY/,
  );
});
