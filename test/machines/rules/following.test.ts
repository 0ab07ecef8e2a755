import type { EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import { defineAgent } from '../../../src/agents/define-agent.ts';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import type { RuleCallContext, RuleDefinition } from '../../../src/io/rules/define-config.ts';
import { greenroomMatchers } from '../../../src/io/testing/matchers.ts';
import type { AgentRun } from '../../../src/io/testing/agent-run.ts';
import { runAgent, startAgent } from '../../../src/io/testing/run-agent.ts';
import { listener } from '../../support/job-stage.ts';
import { plainAgent } from '../../support/plain-agent.ts';

expect.extend(greenroomMatchers);

const follow = (rules: readonly RuleDefinition[], script: string) =>
  runAgent(participantMonitor, {
    participant: 'alice',
    metadata: { participant_identity: 'alice' },
    rules,
    script,
  });

const start = (rules: readonly RuleDefinition[]) =>
  startAgent(participantMonitor, {
    participant: 'alice',
    metadata: { participant_identity: 'alice' },
    rules,
  });

const heard = (run: AgentRun): readonly string[] =>
  run.log.flatMap((line) =>
    line.kind === 'input' && isEvent(line.event) ? [line.event.type] : [],
  );

const isEvent = (value: unknown): value is { readonly type: string } =>
  typeof value === 'object' && value !== null && 'type' in value;

describe('rules that a job follows', () => {
  it('[RUL-1] send data to whom they are about, with values of what happened', async () => {
    const run = await follow(
      [
        {
          name: 'greet',
          when: { fact: 'participant.active', where: { 'participant.kind': 'standard' } },
          then: {
            data: {
              topic: 'hello',
              payload: { to: '{participant.name}', at: '{at}' },
              to: 'participant',
            },
          },
        },
      ],
      '0:00 alice joins\n0:01 bob joins\n0:05 alice leaves\n0:05 bob leaves',
    );
    const hello = run.messages.filter(({ topic }) => topic === 'hello');
    expect(hello).toMatchObject([
      { to: 'alice', payload: { to: 'alice', at: expect.any(Number) as unknown } },
      { to: 'bob', payload: { to: 'bob' } },
    ]);
    await expect(run).toReplay();
  });

  it('[RUL-2] remove and mute whom they are about, also who was there before', async () => {
    const run = start([
      {
        name: 'mute',
        when: { fact: 'track.published', where: { 'participant.identity': 'b*' } },
        then: { mute: 'microphone' },
      },
      {
        name: 'out',
        when: { fact: 'data.received', where: { topic: 'out', sizeBytes: { below: 10 } } },
        then: { remove: true },
      },
    ]);
    run.happens('bob joins with microphone');
    run.happens('alice joins');
    await run.pass('3s');
    expect(heard(run)).toContain('track.muted');
    run.happens('bob sends data on topic out: much longer than that');
    await run.pass('1s');
    expect(run.clientOf('bob').isInside).toBe(true);
    run.happens('bob sends data on topic out: bye');
    await run.pass('1s');
    expect(run.clientOf('bob').isInside).toBe(false);
    await run.close();
    await expect(run).toReplay();
  });

  it('[RUL-3] make an alert of a function that throws, and leave the job to go on', async () => {
    const calls: RuleCallContext[] = [];
    const run = start([
      {
        name: 'look-up',
        when: { fact: 'data.received', where: { topic: 'help' } },
        then: {
          call: (context) => {
            calls.push(context);
            throw new Error('the desk is closed');
          },
        },
      },
    ]);
    run.happens('alice joins');
    await run.pass('1s');
    run.happens('alice sends data on topic help: please');
    await run.pass('1s');
    expect(calls).toMatchObject([
      {
        fact: { type: 'data.received', text: 'please' },
        alert: null,
        participant: { identity: 'alice' },
      },
    ]);
    expect(run.alerts).toMatchObject([
      {
        key: 'rule:look-up',
        severity: 'warning',
        evidence: {
          rule: 'look-up',
          action: 'rule.call',
          error: { code: 'E_RULE', message: 'the desk is closed' },
        },
      },
    ]);
    expect(run.end).toBeNull();
    await run.close();
    await expect(run).toReplay();
  });

  it('[RUL-4] make an alert of a recording without an Egress service', async () => {
    const run = start([
      {
        name: 'record',
        when: { fact: 'data.received', where: { topic: 'rec' } },
        then: { record: 'start', filepath: 'rooms/{room_name}-{time}.mp4' },
      },
    ]);
    run.happens('alice joins');
    await run.pass('1s');
    run.happens('alice sends data on topic rec: on');
    await run.pass('1s');
    expect(run.alerts).toMatchObject([
      {
        key: 'rule:record',
        evidence: { action: 'recording.start', error: { code: 'E_NO_EGRESS' } },
      },
    ]);
    await run.close();
    await expect(run).toReplay();
  });

  it('[RUL-10] make an alert of a request that fails, which the agent does not take for its own', async () => {
    const told: EventObject[] = [];
    const ear = defineAgent({
      name: 'ear',
      ...plainAgent,
      machine: () => listener(told),
      view: () => ({ state: 'listening' }),
    });
    const run = startAgent(ear, {
      rules: [
        {
          name: 'greet',
          when: 'participant.active',
          then: { data: { topic: 'hello', payload: {} } },
        },
      ],
    });
    run.happens('server refuses commands for 5s');
    run.happens('alice joins');
    await run.pass('1s');
    expect(run.alerts).toMatchObject([
      {
        key: 'rule:greet',
        evidence: { action: 'data.publish', error: { code: 'E_ROOM_COMMAND' } },
      },
    ]);
    expect(told.map(({ type }) => type)).toContain('participant.active');
    expect(told.map(({ type }) => type)).not.toContain('command.failed');
    await run.close();
    await expect(run).toReplay();
  });

  it('[RUL-5] follow alerts, and not one another for ever', async () => {
    const run = start([
      {
        name: 'breaks',
        when: { alert: 'rule:*', is: 'opened' },
        then: { record: 'start', filepath: 'x.mp4' },
      },
      {
        name: 'begins',
        when: { fact: 'data.received', where: { topic: 'go' } },
        then: { record: 'start', filepath: 'x.mp4' },
      },
    ]);
    run.happens('alice joins');
    await run.pass('1s');
    run.happens('alice sends data on topic go: x');
    await run.pass('5s');
    expect(run.alerts.map(({ key }) => key)).toEqual(['rule:begins', 'rule:breaks']);
    await run.close();
    await expect(run).toReplay();
  });

  it('[RUL-6] hold back for a minute for whom they acted ten times a second, and for nobody else', async () => {
    const run = start([
      {
        name: 'echo',
        when: { fact: 'data.received', where: { topic: 'ping' } },
        then: { webhook: { event: 'pinged' } },
      },
    ]);
    run.happens('alice joins');
    run.happens('bob joins');
    await run.pass('1s');
    for (let count = 0; count < 15; count += 1) {
      run.happens('alice sends data on topic ping: x');
      await run.pass('50ms');
    }
    await run.pass('2s');
    run.happens('alice sends data on topic ping: x');
    run.happens('bob sends data on topic ping: x');
    await run.pass('1s');
    const pings = () =>
      run.webhooks
        .filter(({ event }) => event === 'pinged')
        .map(({ participant }) => participant?.identity);
    expect(pings()).toEqual([...Array.from({ length: 10 }, () => 'alice'), 'bob']);
    expect(run.alerts).toMatchObject([{ key: 'rule:echo:held', evidence: { identity: 'alice' } }]);
    await run.pass('1m');
    run.happens('alice sends data on topic ping: x');
    await run.pass('1s');
    expect(pings()).toHaveLength(12);
    expect(run.alerts).toMatchObject([{ resolvedAt: expect.any(Number) as unknown }]);
    await run.close();
    await expect(run).toReplay();
  });

  it('[RUL-7] act again for the same participant only after the cooldown', async () => {
    const run = start([
      {
        name: 'note',
        when: { fact: 'data.received', where: { topic: 'ping' } },
        then: { webhook: { event: 'pinged' } },
        cooldown: '30s',
      },
    ]);
    run.happens('alice joins');
    run.happens('bob joins');
    await run.pass('1s');
    for (const who of ['alice', 'alice', 'bob']) {
      run.happens(`${who} sends data on topic ping: x`);
      await run.pass('1s');
    }
    await run.pass('30s');
    run.happens('alice sends data on topic ping: x');
    await run.pass('1s');
    const named = run.webhooks
      .filter(({ event }) => event === 'pinged')
      .map(({ participant }) => participant?.identity);
    expect(named).toEqual(['alice', 'bob', 'alice']);
    await run.close();
  });

  it('[RUL-8] leave agents and recorders alone, unless they name their kind', async () => {
    const rule = (where: Record<string, string>): RuleDefinition => ({
      name: `out-${Object.keys(where).length}`,
      when: { fact: 'participant.active', where },
      then: { remove: true },
    });
    const run = start([rule({ 'participant.identity': 'bot*' })]);
    run.happens('alice joins');
    run.happens('bot joins as agent with nothing');
    await run.pass('3s');
    expect(run.clientOf('bot').isInside).toBe(true);
    await run.close();
    const other = start([rule({ 'participant.identity': 'bot*', 'participant.kind': 'agent' })]);
    other.happens('alice joins');
    other.happens('bot joins as agent with nothing');
    await other.pass('3s');
    expect(other.clientOf('bot').isInside).toBe(false);
    await other.close();
  });

  it('[RUL-39] act on whom the job is for because of an alert, though nobody triggered it', async () => {
    const run = start([
      { name: 'out', when: { alert: 'poor_quality' }, then: { remove: true } },
      { name: 'never', when: { alert: 'rule:*' }, then: { remove: true } },
    ]);
    run.happens('alice joins with microphone');
    run.happens('bob joins');
    await run.pass('3s');
    run.happens('alice has poor quality');
    // The server tells of it within 5 s.
    await run.pass('6s');
    expect(run.alerts.map(({ key }) => key)).toEqual(['poor_quality']);
    expect(run.clientOf('alice').isInside).toBe(false);
    expect(run.clientOf('bob').isInside).toBe(true);
    await run.close();
    await expect(run).toReplay();
  });

  it('[RUL-9] refuse a wrong rule before the job begins, with all that is wrong', () => {
    expect(() => start([{ name: 'no good', when: 'track.muted', then: [] }])).toThrow(
      /rules\[0\]\.name: expected letters[^]*rules\[0\]\.then: expected at least one/,
    );
  });
});
