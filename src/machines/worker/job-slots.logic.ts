import type { JobOffer } from './events.ts';

type About = {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly agent: string;
  /** What it serves, see `servedKey`. */
  readonly key: string;
  readonly offeredAt: number;
};

type Started = About & {
  readonly assignedAt: number;
  /** Whether the server still knows of it. */
  readonly tracked: boolean;
};

/** A place in the worker. An offer takes it before it is answered, the end of the job gives it back. */
export type JobSlot =
  | (About & { readonly phase: 'reserved'; readonly offer: JobOffer })
  | (Started & { readonly phase: 'running' })
  /** Its final status is on its way; the job is leaving its room. */
  | (Started & { readonly phase: 'ending' });

export type JobSlots = readonly JobSlot[];
export type JobPhase = JobSlot['phase'];

export const findSlot = (slots: JobSlots, jobId: string): JobSlot | undefined =>
  slots.find((slot) => slot.jobId === jobId);

export const isInPhase = (slots: JobSlots, jobId: string, phase: JobPhase): boolean =>
  findSlot(slots, jobId)?.phase === phase;

/** The jobs that have started and have not ended. */
export const startedSlots = (slots: JobSlots): Exclude<JobSlot, { phase: 'reserved' }>[] =>
  slots.flatMap((slot) => (slot.phase === 'reserved' ? [] : [slot]));

export const withoutSlot = (slots: JobSlots, jobId: string): JobSlots =>
  slots.filter((slot) => slot.jobId !== jobId);

export const startSlot = (slots: JobSlots, jobId: string, assignedAt: number): JobSlots =>
  slots.map((slot) => {
    if (slot.jobId !== jobId || slot.phase !== 'reserved') return slot;
    const { dispatchId, agent, key, offeredAt } = slot;
    const about = { jobId, dispatchId, agent, key, offeredAt };
    return { ...about, phase: 'running', assignedAt, tracked: true };
  });

export const endSlot = (slots: JobSlots, jobId: string): JobSlots =>
  slots.map((slot) =>
    slot.jobId === jobId && slot.phase === 'running' ? { ...slot, phase: 'ending' } : slot,
  );

/** After the loss of a connection: its reservations are void, and its jobs unknown to the server. */
export const untrackSlots = (slots: JobSlots, agent: string): JobSlots =>
  slots.flatMap((slot): JobSlot[] => {
    if (slot.agent !== agent) return [slot];
    return slot.phase === 'reserved' ? [] : [{ ...slot, tracked: false }];
  });
