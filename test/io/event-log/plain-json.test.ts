import { expect, it } from 'vitest';
import { findNotJson, isSame } from '../../../src/io/event-log/plain-json.ts';

class Sid {
  readonly value = 'TR_a';
}
const ring: unknown[] = [];
ring.push(ring);

it.each([
  ['NaN', { v: [1, { w: Number.NaN }] }, { path: '.v[1].w', found: 'NaN' }],
  ['-0', { v: -0 }, { path: '.v', found: '-0' }],
  ['Infinity', Infinity, { path: '', found: 'Infinity' }],
  ['undefined', { v: undefined }, { path: '.v', found: 'undefined' }],
  ['a hole', { v: [1, , 2] }, { path: '.v[1]', found: 'undefined' }],
  ['a function', { v: () => 1 }, { path: '.v', found: 'function' }],
  ['a bigint', { v: 1n }, { path: '.v', found: 'bigint' }],
  ['a Date', { v: new Date(0) }, { path: '.v', found: 'Date' }],
  ['a Map', { v: new Map() }, { path: '.v', found: 'Map' }],
  ['a typed array', { v: new Int16Array(1) }, { path: '.v', found: 'Int16Array' }],
  ['an object of a class', { v: new Sid() }, { path: '.v', found: 'Sid' }],
])('[LOG-4] finds %s in a payload', (_, value, expected) => {
  expect(findNotJson(value)).toEqual(expected);
});

it('[LOG-4] comes to an end with a value that holds itself', () => {
  expect(findNotJson(ring)?.found).toBe('something deeper than 64 levels');
});

it('[LOG-4] lets plain finite JSON pass', () => {
  const value = { a: [1, -1.5, 'x', null, true, { b: {} }], ['__proto__']: 1 };
  expect(findNotJson(value)).toBeUndefined();
  expect(findNotJson(Object.create(null))).toBeUndefined();
});

it.each([
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ a: 1 }, { b: 1 }],
  [[], {}],
  [null, {}],
  [[1, 2], [1]],
  [0, -0],
])('[LOG-4] tells %j from %j', (a, b) => {
  expect(isSame(a, b)).toBe(false);
  expect(isSame(b, a)).toBe(false);
});
