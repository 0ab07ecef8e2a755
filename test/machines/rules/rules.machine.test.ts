import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import type { ErrorInfo } from '../../../src/machines/events.ts';
import { ruleMachine } from '../../../src/machines/rules/rule.machine.ts';
import type { Rule } from '../../../src/machines/rules/rule.ts';
import { rulesMachine } from '../../../src/machines/rules/rules.machine.ts';
import { monitorInput } from '../../support/monitor-facts.ts';
import { alice, participant, T0 } from '../../support/session-facts.ts';
import { factsOfPeople, roomConnected } from '../../support/told-facts.ts';

const error: ErrorInfo = { code: 'E_TEST', message: 'no', retryable: true };
const at = T0;

const rule: Rule = {
  name: 'note',
  agents: [],
  room: '*',
  when: { fact: 'data.received', where: { topic: 'ping' } },
  then: [{ do: 'webhook', event: 'pinged', url: null }],
  cooldownMs: 0,
};
const person = { ...participant(alice), tracks: [] };
const ping = {
  type: 'rule.heard',
  happening: { type: 'data.received', at, identity: 'alice', person, values: { topic: 'ping' } },
} as const;

describeMachine(ruleMachine, {
  ruleId: 'RUL-10',
  input: { rule },
  events: [ping, { type: 'rule.actionFailed', at, action: 'participant.remove', error }],
});

const alert = { key: 'x', severity: 'info', message: '', openedAt: at, evidence: {} } as const;
const requestId = 'rule:note';
const recording = { filepath: 'x.mp4', layout: 'grid', audioOnly: false } as const;

describeMachine(rulesMachine, {
  ruleId: 'RUL-11',
  input: { rules: [rule], agent: monitorInput(), identity: null },
  events: [
    roomConnected(at),
    ...factsOfPeople(at),
    { type: 'room.reconnecting', at },
    { type: 'room.reconnected', at },
    { type: 'alert.opened', alert },
    { type: 'alert.updated', alert },
    { type: 'alert.resolved', alert },
    { type: 'recording.wanted', rule: 'note', recording },
    { type: 'recording.unwanted', rule: 'note' },
    { type: 'recording.started', at, requestId, recordingId: 'EG_1' },
    { type: 'recording.stopped', at, requestId, recordingId: 'EG_1' },
    { type: 'command.failed', at, requestId, command: 'recording.start', error },
    { type: 'command.failed', at, requestId, command: 'recording.stop', error },
  ],
  childEvents: {
    'rule:note': [
      { type: 'rule.acts', rule, happening: ping.happening },
      {
        type: 'condition.met',
        at,
        key: 'rule:note',
        severity: 'warning',
        message: '',
        evidence: {},
      },
      { type: 'condition.gone', at, key: 'rule:note' },
    ],
    functions: [{ type: 'rule.callFailed', at, rule: 'note', function: 'note/0', error }],
  },
  keyOf: ({ value, context: { recordingId } }) => ({ value, recordingId }),
});
