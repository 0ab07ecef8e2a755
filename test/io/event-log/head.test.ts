import { expect, it } from 'vitest';
import { createHead } from '../../../src/io/event-log/head.ts';
import { guestMachine } from '../../support/event-log/guest.machine.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';

const options = {
  rootId: 'house',
  startedAt: 5,
  agent: 'house-keeper',
  machine: houseMachine,
  input: { street: 'main' },
  inputKeys: ['street'],
  settings: { LOUD: 0.5, API_SECRET: 'hush' },
  settingKeys: ['LOUD'],
  versions: { greenroom: '0.1.0' },
};

it('[LOG-25] takes the settings that are listed, and no other', () => {
  const head = createHead(options);
  expect(head.settings).toEqual({ LOUD: 0.5 });
  expect(JSON.stringify(head)).not.toContain('hush');
});

it('[LOG-25] refuses an input with a key that is not listed, by name and without its value', () => {
  const input = { street: 'main', roomToken: 'hush' };
  expect(() => createHead({ ...options, input })).toThrow(
    expect.objectContaining({
      code: 'E_LOG_HEAD',
      message: expect.stringMatching(/^the input of "house" has roomToken, (?!.*hush)/) as unknown,
    }),
  );
});

it('[LOG-25] refuses an input that a replay could not get back', () => {
  const input = { street: new Map() };
  expect(() => createHead({ ...options, input })).toThrow('holds Map at input.street');
});

it('[LOG-26] has a fingerprint of each machine, which another configuration changes', () => {
  const before = createHead(options).fingerprints;
  expect(before).toEqual({
    house: expect.stringMatching(/^[0-9a-f]{12}$/) as unknown,
    guest: expect.stringMatching(/^[0-9a-f]{12}$/) as unknown,
  });
  expect(createHead({ ...options, machine: houseMachine.provide({}) }).fingerprints).toEqual(
    before,
  );
  expect(createHead({ ...options, machine: guestMachine }).fingerprints).toEqual({
    guest: before['guest'],
  });
});
