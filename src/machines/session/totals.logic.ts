/** Speech and presence of one session, added up. Times are epoch milliseconds. */
export type Totals = {
  readonly startedAt: number;
  /** Begin of the present connection; null between connections. */
  readonly connectedAt: number | null;
  readonly connectedMs: number;
  /** Begin of the turn that goes on; null in silence. */
  readonly turnStartedAt: number | null;
  readonly speakingMs: number;
  readonly turns: number;
  readonly reconnects: number;
  readonly freezes: number;
  readonly tracks: number;
  readonly alerts: number;
};

export const noTotals = (startedAt: number): Totals => ({
  startedAt,
  connectedAt: null,
  connectedMs: 0,
  turnStartedAt: null,
  speakingMs: 0,
  turns: 0,
  reconnects: 0,
  freezes: 0,
  tracks: 0,
  alerts: 0,
});

export const openConnection = (totals: Totals, at: number): Totals => ({
  ...totals,
  connectedAt: at,
});

export const closeConnection = (totals: Totals, at: number): Totals => ({
  ...closeTurn(totals, at),
  connectedAt: null,
  connectedMs: connectedMsAt(totals, at),
});

/** A turn counts from its first loud window to its last one. */
export const openTurn = (totals: Totals, at: number): Totals => ({
  ...totals,
  // A window that was cut before the fact that connected its speaker is not speech of this connection.
  turnStartedAt: Math.max(at, totals.connectedAt ?? at),
  turns: totals.turns + 1,
});

export const closeTurn = (totals: Totals, at: number): Totals => ({
  ...totals,
  turnStartedAt: null,
  speakingMs: speakingMsAt(totals, at),
});

export const connectedMsAt = ({ connectedAt, connectedMs }: Totals, at: number): number =>
  connectedMs + elapsed(connectedAt, at);

export const speakingMsAt = ({ turnStartedAt, speakingMs }: Totals, at: number): number =>
  speakingMs + elapsed(turnStartedAt, at);

const elapsed = (since: number | null, at: number): number =>
  since === null ? 0 : Math.max(0, at - since);
