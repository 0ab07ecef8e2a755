import type { EventObject } from 'xstate';
import { expect, it } from 'vitest';
import { JobStage, listener } from '../../support/job-stage.ts';
import { alice, bob, participant } from '../../support/session-facts.ts';

it('[JOB-16] tells the agent once that somebody is active, whenever they became it', () => {
  const heard: EventObject[] = [];
  const stage = new JobStage({}, listener(heard));
  const carol = { identity: 'carol', sid: 'PA_carol' };
  stage.join([participant(alice, { active: true })]);
  stage.say({
    type: 'participant.connected',
    at: stage.now,
    participant: participant(bob, { active: true }),
  });
  stage.say({ type: 'participant.connected', at: stage.now, participant: participant(carol) });
  stage.say({ type: 'participant.active', at: stage.now, ...carol });
  const active = heard.filter(({ type }) => type === 'participant.active');
  expect(active).toMatchObject([alice, bob, carol]);
});
