import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GreenroomError } from '../../../src/io/errors.ts';
import type { RuleDefinition } from '../../../src/io/rules/define-config.ts';
import { readRules } from '../../../src/io/rules/read-rules.ts';
import { valueAt } from '../../../src/machines/rules/match.logic.ts';
import { fill } from '../../../src/machines/rules/template.logic.ts';

const read = (config: unknown) =>
  readRules(config, { source: 'greenroom.config.json', agents: ['room-analytics'] });

/** What is wrong with one rule, a line each. */
function problemsOf(rule: object): readonly string[] {
  try {
    read({ rules: [{ name: 'one', when: 'track.muted', then: { remove: true }, ...rule }] });
    return [];
  } catch (error) {
    if (error instanceof GreenroomError && error.code === 'E_CONFIG') return error.details;
    throw error;
  }
}

describe('the rules of a configuration', () => {
  it('[RUL-20] become plain data, with the functions by name', () => {
    const call = () => {};
    const rule: RuleDefinition = {
      name: 'one',
      agent: 'room-analytics',
      when: 'participant.connected',
      then: [{ webhook: {} }, { call }],
      cooldown: '30s',
    };
    const { rules, functions } = read({ rules: [rule] });
    expect(JSON.parse(JSON.stringify(rules))).toEqual([
      {
        name: 'one',
        agents: ['room-analytics'],
        room: '*',
        when: { fact: 'participant.connected', where: {} },
        then: [
          { do: 'webhook', event: 'rule_acted', url: null },
          { do: 'call', function: 'one/1' },
        ],
        cooldownMs: 30_000,
      },
    ]);
    expect(functions).toEqual(new Map([['one/1', call]]));
  });

  it.each<[string, object, string]>([
    ['an unknown key', { wen: 1 }, 'rules[0]: no key is named wen: is when meant?'],
    [
      'a name with spaces',
      { name: 'a b' },
      'rules[0].name: expected letters, digits, "_" and "-", at most 64',
    ],
    [
      'an unknown fact',
      { when: 'participant.conected' },
      'rules[0].when.fact: there is no fact participant.conected: is participant.connected meant?',
    ],
    [
      'an unknown path',
      { when: { fact: 'track.muted', where: { 'participant.knd': 'sip' } } },
      'rules[0].when.where.participant.knd: track.muted brings no such value: is participant.kind meant?',
    ],
    [
      'a misspelt word',
      { when: { fact: 'track.muted', where: { 'track.source': 'camra' } } },
      'rules[0].when.where.track.source: expected one of unknown, camera, microphone, screen_share, screen_share_audio, found "camra": is camera meant?',
    ],
    [
      'a word in upper case',
      { when: { fact: 'track.muted', where: { 'participant.kind': 'SIP' } } },
      'rules[0].when.where.participant.kind: expected one of standard, ingress, egress, sip, agent, connector, bridge, found "SIP": is sip meant?',
    ],
    [
      'a pattern that no word has',
      { when: { fact: 'participant.qualityChanged', where: { quality: '*bad' } } },
      'rules[0].when.where.quality: expected one of excellent, good, poor, lost, found "*bad"',
    ],
    [
      'a number that is a text',
      { when: { fact: 'data.received', where: { sizeBytes: '100' } } },
      'rules[0].when.where.sizeBytes: expected a whole number from 0 on, or { above, below }, found "100"',
    ],
    [
      'limits that nothing is within',
      { when: { fact: 'data.received', where: { sizeBytes: { above: 5, below: 6 } } } },
      'rules[0].when.where.sizeBytes: no whole number from 0 on is within {"above":5,"below":6}',
    ],
    [
      'true as a text',
      { when: { fact: 'track.muted', where: { 'track.muted': 'true' } } },
      'rules[0].when.where.track.muted: expected true or false, found "true"',
    ],
    [
      'a text that is a number',
      { when: { fact: 'data.received', where: { topic: 5 } } },
      'rules[0].when.where.topic: expected a text, found 5',
    ],
    [
      'the type of another fact',
      { when: { fact: 'track.muted', where: { type: 'track.unmuted' } } },
      'rules[0].when.where.type: expected track.muted, found "track.unmuted": is track.muted meant?',
    ],
    [
      'an unknown change',
      { when: { alert: 'x', is: 'closed' } },
      'rules[0].when.is: expected one of opened, updated, resolved',
    ],
    [
      'an unknown severity',
      { when: { alert: 'x', severity: ['bad'] } },
      'rules[0].when.severity[0]: expected one of info, warning, critical',
    ],
    [
      'an unknown key of an alert',
      { when: { alert: 'x', severty: [] } },
      'rules[0].when: no key is named severty: is severity meant?',
    ],
    ['nothing to do', { then: [] }, 'rules[0].then: expected at least one thing to do'],
    [
      'an unknown thing to do',
      { then: [{ remov: true }] },
      'rules[0].then[0]: expected an object with one of webhook, data, remove, mute, record, call: is remove meant?',
    ],
    [
      'two things in one',
      { then: { remove: true, mute: 'all' } },
      'rules[0].then[0]: expected one thing to do, found remove and mute: put each into an object of its own',
    ],
    [
      'nobody to remove',
      { when: 'room.metadataChanged' },
      'rules[0].then[0]: this is about nobody whom the rule could remove',
    ],
    [
      'an unknown name in a text',
      { then: { data: { topic: 't', payload: { a: ['{participant.nam}'] } } } },
      'rules[0].then[0]: {participant.nam} is not known of it: is participant.name meant?',
    ],
    [
      'a function in JSON',
      { then: { call: 'notify' } },
      'rules[0].then[0].call: expected a function, which only a .js or .mjs file can have',
    ],
    [
      'the name of a webhook of our own',
      { then: { webhook: { event: 'session_ended' } } },
      'rules[0].then[0].webhook.event: greenroom itself sends session_started, session_summary, session_ended, alert_opened, alert_updated, alert_resolved: expected another name',
    ],
    [
      'an address with a password',
      { then: { webhook: { url: 'https://u:p@h/' } } },
      'rules[0].then[0].webhook.url: expected an address that starts with http:// or https://, without a user or # in it',
    ],
    [
      'an address with a fragment, which would never be sent',
      { then: { webhook: { url: 'https://h/#x' } } },
      'rules[0].then[0].webhook.url: expected an address that starts with http:// or https://, without a user or # in it',
    ],
    [
      'a payload that is no JSON',
      { then: { data: { topic: 't', payload: { n: NaN } } } },
      'rules[0].then[0].data.payload: expected plain JSON, found NaN at .n',
    ],
    [
      'a wrong duration',
      { cooldown: '30' },
      'rules[0].cooldown: expected a duration such as 500ms, 30s or 5m, found "30"',
    ],
    [
      'a misspelt agent',
      { agent: 'room-analytic' },
      'rules[0].agent: there is no agent room-analytic: is room-analytics meant?',
    ],
  ])('[RUL-21] refuse %s, with the place and what would be right', (_, rule, problem) => {
    expect(problemsOf(rule)).toEqual([problem]);
  });

  it.each<[string, object]>([
    ['track.published', { 'track.source': 'screen*', 'track.muted': false, type: '*' }],
    ['data.received', { text: null, sizeBytes: { above: 4, below: 6 }, at: 0 }],
    ['participant.connected', { 'participant.attributes.lk.agent.state': 'idle' }],
  ])('[RUL-28] take what %s can bring', (fact, where) => {
    expect(problemsOf({ when: { fact, where }, then: { webhook: {} } })).toEqual([]);
  });

  it('[RUL-22] name everything that is wrong at once, also two rules of one name', () => {
    const rule = { name: 'one', when: 'track.muted', then: { remove: true } };
    expect(() => read({ rules: [rule, rule, 3], rule: [] })).toThrow(
      '3 things are wrong in greenroom.config.json',
    );
    expect(() => read({ rules: [rule, rule] })).toThrow('one thing is wrong');
    expect(read({}).rules).toEqual([]);
  });
});

describe('what rules are matched and filled by', () => {
  it('[RUL-24] paths find what stands there and nothing that every object has', () => {
    const values = {
      participant: { attributes: { 'lk.agent.state': 'idle' }, tracks: [{ sid: 'TR' }] },
    };
    expect(valueAt(values, 'participant.attributes.lk.agent.state')).toBe('idle');
    for (const path of ['__proto__', 'constructor.name', 'participant.toString', 'a.', '.', '']) {
      expect(valueAt(values, path)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, path) => {
        expect(typeof valueAt({ value }, path)).not.toBe('function');
      }),
    );
  });

  it('[RUL-25] texts take values once: what stands in a value is not filled again', () => {
    const values = { text: '{sizeBytes} $& {x}', sizeBytes: 3 };
    expect(
      fill({ a: '<{text}>', b: ['{sizeBytes}'], c: '{none}', d: '{ } {text' }, values),
    ).toEqual({
      a: '<{sizeBytes} $& {x}>',
      b: [3],
      c: null,
      d: '{ } {text',
    });
  });
});
