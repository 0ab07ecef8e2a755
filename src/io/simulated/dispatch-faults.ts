/** What a dispatcher may do wrong towards a worker: chances from 0 to 1. */
export type DispatchFaults = {
  /** An offer, an assignment or a termination comes twice. */
  readonly duplicate: number;
  /** An offer comes up to half a second late, behind others that were made after it. */
  readonly reorder: number;
  /** An assignment comes when its place is no longer kept. */
  readonly late: number;
  /** An accepted offer is not followed by an assignment at all. */
  readonly lost: number;
  /** A message that nobody understands comes before the one that is meant. */
  readonly garbage: number;
  /** The connection drops instead of the message. */
  readonly drop: number;
};

export const noFaults: DispatchFaults = {
  duplicate: 0,
  reorder: 0,
  late: 0,
  lost: 0,
  garbage: 0,
  drop: 0,
};
