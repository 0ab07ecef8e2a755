import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataSeal } from '../../src/io/data-seal.ts';
import { SEAL_BYTES } from '../../src/machines/conversation/item-message.logic.ts';
import { parseObject } from '../../src/machines/conversation/plain-object.logic.ts';

const seal = new DataSeal('a-secret-of-at-least-32-characters');
const place = { roomSid: 'RM_abc', topic: 'conversation_analysis' };
const json = '{"version":1,"content":"grüß"}';
const sealed = seal.seal(json, place);
const stateOf = (text: string, where = place) => seal.stateOf(Buffer.from(text), where);

describe('a seal', () => {
  it('[SEAL-1] is the last field of the message, as other implementations make it too', () => {
    // By hashlib of Python, from the docstring.
    const mac = 'I7o1dgKHRH43lu0_4JkdqXDcyJs3VdyIakBQ3rvHqSU';
    expect(sealed).toBe(`{"version":1,"content":"grüß","seal":"${mac}"}`);
    expect(Buffer.byteLength(sealed) - Buffer.byteLength(json)).toBe(SEAL_BYTES);
  });

  it('[SEAL-2] holds for every object, also one that says that it is sealed', () => {
    const fields = fc.dictionary(fc.oneof(fc.string(), fc.constant('seal')), fc.jsonValue());
    fc.assert(
      fc.property(fields, fc.string(), fc.string(), (payload, roomSid, topic) => {
        const message = seal.seal(JSON.stringify(payload), { roomSid, topic });
        expect(stateOf(message, { roomSid, topic })).toBe('valid');
        const given: unknown = JSON.parse(JSON.stringify({ ...payload, seal: '' }));
        expect({ ...parseObject(message), seal: '' }).toEqual(given);
      }),
    );
  });

  it('[SEAL-3] breaks with every character that is changed', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(stateOf(sealed.slice(0, at) + other + sealed.slice(at + 1))).not.toBe('valid');
    }
  });

  it('[SEAL-3] holds for no other room, topic or secret, and for no other border between them', () => {
    expect(stateOf(sealed, { ...place, roomSid: 'RM_abd' })).toBe('invalid');
    expect(stateOf(sealed, { ...place, topic: 'conversation_replay' })).toBe('invalid');
    expect(stateOf(sealed, { roomSid: 'RM_ab', topic: 'cconversation_analysis' })).toBe('invalid');
    const other = new DataSeal('another-secret-of-32-characters-or-more');
    expect(other.stateOf(Buffer.from(sealed), place)).toBe('invalid');
  });

  it.each([
    ['nothing', ''],
    ['no seal', json],
    ['no JSON', 'hello'],
    ['a seal that is cut off', sealed.slice(0, -1)],
    ['a seal that is too short', sealed.replace(/..("\})$/, '$1')],
    ['a seal that is not last', sealed.replace(/\}$/, ',"more":1}')],
    ['a seal further inside', `{"a":${sealed}}`],
    ['a seal after spaces', sealed.replace('"seal":', '"seal": ')],
    ['something after it', `${sealed}\n`],
  ])('[SEAL-4] is not there in %s', (_, text) => {
    expect(stateOf(text)).toBeNull();
  });

  it('[SEAL-4] is looked for in any bytes, and in as many as may come', () => {
    expect(seal.stateOf(Uint8Array.of(0xff, 0xfe, 0x00), place)).toBeNull();
    const huge = seal.seal(JSON.stringify({ content: 'x'.repeat(1_000_000) }), place);
    expect(stateOf(huge)).toBe('valid');
    expect(stateOf(huge.replace('x', 'y'))).toBe('invalid');
    // A part of a larger buffer, as the media stack hands it out.
    const around = Buffer.from(`..${sealed}..`);
    expect(seal.stateOf(around.subarray(2, -2), place)).toBe('valid');
  });
});
