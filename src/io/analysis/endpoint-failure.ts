import { GreenroomError, type ErrorCode } from '../errors.ts';

/** Why an endpoint gave no analysis: the outcomes of its metric. */
export type FailureKind =
  | 'refused' // the key, the model or the address
  | 'rejected' // this one request
  | 'limited' // asked too often
  | 'timed_out'
  | 'unavailable'
  | 'unusable' // it answered, and not what was asked
  | 'busy'; // this process asks enough already

const codes: Readonly<Record<FailureKind, ErrorCode>> = {
  refused: 'E_ANALYSIS_REFUSED',
  rejected: 'E_ANALYSIS_REFUSED',
  limited: 'E_ANALYSIS_UNAVAILABLE',
  timed_out: 'E_ANALYSIS_UNAVAILABLE',
  unavailable: 'E_ANALYSIS_UNAVAILABLE',
  unusable: 'E_ANALYSIS_ANSWER',
  busy: 'E_ANALYSIS_UNAVAILABLE',
};

/**
 * Those that say something about the endpoint. The others may be the doing of what a participant said,
 * who must not cut off all other rooms from the endpoint.
 */
const outages: ReadonlySet<FailureKind> = new Set([
  'refused',
  'limited',
  'timed_out',
  'unavailable',
]);

/** Its message holds nothing of what was sent or answered: neither keys nor what people said. */
export class EndpointFailure extends GreenroomError {
  readonly kind: FailureKind;
  /** How long the endpoint wants to be left alone; null where it says nothing. */
  readonly restMs: number | null;

  constructor(kind: FailureKind, message: string, restMs: number | null = null) {
    super(codes[kind], message);
    this.kind = kind;
    this.restMs = restMs;
  }

  get isOutage(): boolean {
    return outages.has(this.kind);
  }
}

export const isOutage = (error: Error): boolean =>
  error instanceof EndpointFailure && error.isOutage;

/** Worth another try at once. */
export const isPassing = (error: Error): boolean =>
  error instanceof EndpointFailure && (error.kind === 'unavailable' || error.kind === 'limited');
