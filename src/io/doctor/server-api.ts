/** One job, as the server lists it below its dispatch. */
export type ListedJob = {
  readonly isRunning: boolean;
  /** Of the agent's participant; empty before the worker has answered. */
  readonly identity: string;
  /** Epoch milliseconds, by the server's clock. */
  readonly startedAt: number;
};

export type ListedDispatch = {
  readonly id: string;
  /** Empty for automatic dispatch. */
  readonly agent: string;
  readonly metadata: string;
  /** Epoch milliseconds, by the server's clock. */
  readonly createdAt: number;
  readonly jobs: readonly ListedJob[];
};

export type ListedParticipant = { readonly identity: string; readonly isAgent: boolean };

/** What the checks ask of the server. Each request rejects with a `ServerApiError`. */
export interface ServerApi {
  listRooms(): Promise<readonly { readonly name: string; readonly participants: number }[]>;
  listParticipants(room: string): Promise<readonly ListedParticipant[]>;
  listDispatches(room: string): Promise<readonly ListedDispatch[]>;
  /** Those that run now. */
  countRecordings(): Promise<number>;
  /** A room that the server closes by itself when nobody enters it within 30 s. */
  createRoom(room: string): Promise<void>;
  createDispatch(room: string, agent: string): Promise<void>;
  deleteRoom(room: string): Promise<void>;
}

export type RefusalReason = 'unknown_key' | 'wrong_secret' | 'clock' | 'not_allowed';

/** Why a request failed: refused, answered otherwise, or not answered. Never holds a token. */
export class ServerApiError extends Error {
  override readonly name = 'ServerApiError';
  /** Null where there was no answer. */
  readonly status: number | null;
  readonly refusal: RefusalReason | null;

  constructor(message: string, status: number | null, refusal: RefusalReason | null) {
    super(message);
    this.status = status;
    this.refusal = refusal;
  }
}
