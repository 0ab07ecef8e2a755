import { port, type PortLogic } from '../machines/slots.ts';
import type { VitalsFact } from '../machines/worker/events.ts';
import type { Clock } from './ports.ts';
import type { VitalsProbe } from './worker-ports.ts';

export type VitalsDeps = {
  readonly openProbe: () => VitalsProbe;
  readonly clock: Clock;
  readonly intervalMs: number;
};

/** Samples how busy and how big the process is. */
export function createVitalsActor({ openProbe, clock, intervalMs }: VitalsDeps): PortLogic<null> {
  return port<null, VitalsFact>(({ send }) => {
    const probe = openProbe();
    const sample = () => {
      timer = clock.setTimeout(sample, intervalMs);
      send({
        type: 'vitals.sampled',
        at: clock.now(),
        eventLoopP99Ms: Math.round(probe.eventLoopP99Ms()),
        rssBytes: probe.rssBytes(),
      });
    };
    let timer = clock.setTimeout(sample, intervalMs);
    return () => {
      clock.clearTimeout(timer);
      probe.close();
    };
  });
}
