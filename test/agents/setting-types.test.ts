import { expect, it } from 'vitest';
import { z } from 'zod';
import {
  byteSize,
  choice,
  duration,
  flag,
  fraction,
  settingInfo,
  text,
  wholeNumber,
} from '../../src/agents/setting-types.ts';

const description = 'What it is for.';

const read = (schema: z.ZodType, given: string | undefined): unknown => {
  const parsed = schema.safeParse(given);
  return parsed.success ? parsed.data : 'refused';
};

it.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['24d', 24 * 86_400_000],
  ['0s', 0],
])('[CFG-1] reads the duration %s', (given, expected) => {
  expect(read(duration({ description }), given)).toBe(expected);
});

it.each([
  ...['', '5', '1h foo', '1,5h', '1.5h', ' 5m', '5m ', '-5m', '5M', '30m1h', '5 m', '24d1ms'],
  ...['25d', '9'.repeat(400) + 's', 'm', '5m\n'],
])('[CFG-2] refuses the duration %j', (given) => {
  expect(read(duration({ description }), given)).toBe('refused');
});

it('[CFG-3] refuses a duration below the least one', () => {
  const schema = duration({ description, default: '30s', atLeast: '1s' });
  expect(read(schema, '999ms')).toBe('refused');
  expect(read(schema, '1s')).toBe(1_000);
});

it.each([
  ['0', 0],
  ['1', 1],
  ['0.01', 0.01],
  ['1.01', 'refused'],
  ['-0.1', 'refused'],
  ['.5', 'refused'],
  ['0x1', 'refused'],
  ['1e-2', 'refused'],
  ['NaN', 'refused'],
  ['', 'refused'],
])('[CFG-4] reads the fraction %j as %j', (given, expected) => {
  expect(read(fraction({ description, default: '0.5' }), given)).toBe(expected);
});

it.each([
  ['true', true],
  ['false', false],
  ['TRUE', 'refused'],
  ['1', 'refused'],
  ['', 'refused'],
])('[CFG-5] reads the flag %j as %j', (given, expected) => {
  expect(read(flag({ description, default: 'true' }), given)).toBe(expected);
});

it.each([
  ['512MiB', 512 * 1024 ** 2],
  ['2GiB', 2 * 1024 ** 3],
  ['1024', 1024],
  ['7B', 7],
  ['0', 'refused'],
  ['2GB', 'refused'],
  ['1.5GiB', 'refused'],
  ['9999999TiB', 'refused'],
])('[CFG-6] reads the size %j as %j', (given, expected) => {
  expect(read(byteSize({ description }), given)).toBe(expected);
});

it('[CFG-7] holds whole numbers to their limits and words to their list', () => {
  const jobs = wholeNumber({ description, default: '50', atLeast: 1, atMost: 100 });
  expect(['1', '100', '0', '101', '1.5', '1e2'].map((given) => read(jobs, given))).toEqual([
    1,
    100,
    'refused',
    'refused',
    'refused',
    'refused',
  ]);
  const level = choice({ description, of: ['info', 'warn'], default: 'info' });
  expect(['warn', 'WARN'].map((given) => read(level, given))).toEqual(['warn', 'refused']);
});

it('[CFG-8] takes the default where nothing is given, and nothing where there is none', () => {
  const settings = z.object({
    WITH_DEFAULT: duration({ description, default: '5m' }),
    WITHOUT: duration({ description }),
    EMPTY: text({ description, mayBeEmpty: true }),
  });
  expect(settings.parse({ EMPTY: '' })).toEqual({ WITH_DEFAULT: 300_000, EMPTY: '' });
});

it('[CFG-9] refuses a required text that is missing, empty or padded', () => {
  const schema = text({ description, isRequired: true });
  expect([undefined, '', ' key', 'a\nb', 'key'].map((given) => read(schema, given))).toEqual([
    'refused',
    'refused',
    'refused',
    'refused',
    'key',
  ]);
});

it('[CFG-10] tells what a setting is, and nothing of a schema that is not one', () => {
  expect(settingInfo(fraction({ description, default: '0.5' }))).toMatchObject({
    description,
    default: '0.5',
    isRequired: false,
    isSecret: false,
  });
  expect(settingInfo(z.string())).toBeNull();
});
