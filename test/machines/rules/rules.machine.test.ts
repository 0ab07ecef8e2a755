import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import type { ErrorInfo } from '../../../src/machines/events.ts';
import type { RuleFact } from '../../../src/machines/rules/fact-paths.ts';
import { ruleMachine } from '../../../src/machines/rules/rule.machine.ts';
import type { Rule } from '../../../src/machines/rules/rule.ts';
import { rulesMachine } from '../../../src/machines/rules/rules.machine.ts';
import { monitorInput } from '../../support/monitor-facts.ts';
import { alice, microphone, participant, T0 } from '../../support/session-facts.ts';

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
  happening: { type: 'data.received', at, person, values: { topic: 'ping' } },
} as const;

describeMachine(ruleMachine, {
  ruleId: 'RUL-10',
  input: { rule },
  events: [ping, { type: 'rule.actionFailed', at, action: 'participant.remove', error }],
});

const about = { at, ...alice, trackSid: microphone.sid };
const alert = { key: 'x', severity: 'info', message: '', openedAt: at, evidence: {} } as const;
const requestId = 'rule:note';
const recording = { filepath: 'x.mp4', layout: 'grid', audioOnly: false } as const;

/** What changes who is there, and is told later where our own connection is lost. */
const unsure: readonly RuleFact[] = [
  { type: 'participant.connected', at, participant: participant() },
  { type: 'participant.active', at, ...alice },
  { type: 'participant.disconnected', at, ...alice },
  { type: 'track.published', at, ...alice, track: microphone },
  { type: 'track.unpublished', ...about },
];
const told: readonly RuleFact[] = [
  {
    type: 'room.connected',
    at,
    sid: 'RM_1',
    name: 'support',
    metadata: '',
    local: { identity: 'agent', sid: 'PA_agent' },
    participants: [],
  },
  { type: 'room.metadataChanged', at, metadata: 'x' },
  { type: 'room.speakersChanged', at, identities: [] },
  { type: 'participant.metadataChanged', at, ...alice, metadata: '' },
  { type: 'participant.attributesChanged', at, ...alice, attributes: {} },
  { type: 'participant.qualityChanged', at, ...alice, quality: 'good' },
  { type: 'track.subscribed', ...about },
  { type: 'track.unsubscribed', ...about },
  { type: 'track.subscriptionFailed', ...about, error },
  { type: 'track.muted', ...about },
  { type: 'track.unmuted', ...about },
  {
    type: 'data.received',
    at,
    sender: alice,
    topic: 'x',
    sizeBytes: 1,
    text: 'x',
    truncated: false,
  },
  { type: 'data.throttled', at, sender: alice, messages: 1, sizeBytes: 1 },
  {
    type: 'text.received',
    at,
    senderIdentity: 'alice',
    topic: 'x',
    text: 'x',
    truncated: false,
    attributes: {},
  },
];

describeMachine(rulesMachine, {
  ruleId: 'RUL-11',
  input: { rules: [rule], agent: monitorInput() },
  events: [
    ...unsure,
    ...told,
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
