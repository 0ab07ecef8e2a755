import type { AnalysisEngine } from '../../actors/ports.ts';
import type { VirtualClock } from '../virtual-clock.ts';

/** An engine whose analyses take no virtual time, however long they take. */
export const heldEngine = (engine: AnalysisEngine, clock: VirtualClock): AnalysisEngine => ({
  analyse: (request, options) => clock.hold(() => engine.analyse(request, options)),
});
