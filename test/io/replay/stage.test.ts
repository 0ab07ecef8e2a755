import { expect, it } from 'vitest';
import { isStimulus } from '../../../src/io/event-log/log-line.ts';
import { Stage } from '../../../src/io/replay/stage.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import { recordedHouse } from '../../support/event-log/recorded-house.ts';

it('[RPL-22] knows the paths of actors until ten steps after their end, and forgets them then', () => {
  const [head, ...lines] = recordedHouse(3);
  if (head?.kind !== 'head') throw new Error('no head');
  const stage = new Stage({ head, machine: houseMachine, write: () => {} });
  stage.start();
  const pathByNumber = new Map<number, string>();
  const endByNumber = new Map<number, number>();
  let forgottenCount = 0;
  for (const line of lines) {
    if (line.kind === 'actor') pathByNumber.set(line.actor, line.path);
    if (line.kind === 'ended') endByNumber.set(line.actor, line.seq);
    if (!isStimulus(line)) continue;
    expect(stage.perform(line, 0)).toBeUndefined();
    for (const [actor, path] of pathByNumber) {
      const isForgotten = (endByNumber.get(actor) ?? line.seq) < line.seq - 10;
      if (isForgotten) forgottenCount += 1;
      expect(stage.pathOf(actor)).toBe(isForgotten ? `actor ${actor}` : path);
    }
  }
  expect(forgottenCount).toBeGreaterThan(100);
});
