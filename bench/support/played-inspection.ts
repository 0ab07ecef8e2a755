/** The inspection of actors on virtual time, paced by the same clock. */
import { Inspection } from '../../src/io/inspect/inspection.ts';
import { jsonMask } from '../../src/io/mask-secrets.ts';
import type { VirtualClock } from '../../src/io/virtual-clock.ts';
import { lookAtFirst, SECRETS } from './inspect-look.ts';

type PlayedInspection = {
  readonly inspection: Inspection;
  /** One that takes everything at once. */
  attachViewer(): void;
};

export function openInspection(clock: VirtualClock): PlayedInspection {
  const inspection = new Inspection({
    source: { kind: 'live', command: 'bench', greenroom: '', startedAt: clock.now() },
    clock,
    frames: clock,
    onFault: (cause) => {
      throw cause;
    },
  });
  const mask = jsonMask(SECRETS);
  const attachViewer = (): void => {
    const viewing = inspection.open({
      bufferedBytes: 0,
      send: (message) => void mask(JSON.stringify(message)),
    });
    viewing.take({ type: 'look', ...lookAtFirst('talker-0') });
  };
  return { inspection, attachViewer };
}
