/** Groups of states that mean the same to whoever watches, and hues for states of which nothing is known. */
export type StateTone = 'good' | 'quiet' | 'warn' | 'bad' | Hue;
type Hue = 'hue-0' | 'hue-1' | 'hue-2' | 'hue-3' | 'hue-4' | 'hue-5';

const HUES = ['hue-0', 'hue-1', 'hue-2', 'hue-3', 'hue-4', 'hue-5'] as const;

const KNOWN: Readonly<Record<Exclude<StateTone, Hue>, readonly string[]>> = {
  good: [
    ...['speaking', 'flowing', 'excellent', 'good', 'connected', 'present', 'available'],
    ...['active', 'running', 'watching', 'registered', 'serving'],
    ...['steady', 'following', 'well', 'within'],
  ],
  quiet: [
    ...['silent', 'off', 'unknown', 'waiting', 'idle', 'ended', 'stopped', 'done', 'disconnected'],
    ...['awaitingParticipant', 'muted', 'inactive', 'closed', 'none', 'free', 'quiet', 'clear'],
    ...['roomy', 'enough', 'empty', 'known'],
  ],
  warn: [
    ...['suspect', 'poor', 'frozen', 'stalled', 'joining', 'connecting', 'registering', 'backoff'],
    ...['reconnecting', 'draining', 'full', 'ending', 'standingBy', 'retrying', 'unavailable'],
    ...['met', 'alerting', 'enforcing', 'failing', 'overflowing', 'lacking', 'doubtful', 'cutOff'],
    ...['catchingUp', 'recovering'],
  ],
  bad: ['lost', 'error', 'absent', 'failed', 'broken'],
};

const toneOf = new Map<string, StateTone>();
for (const tone of ['good', 'quiet', 'warn', 'bad'] as const) {
  for (const state of KNOWN[tone]) toneOf.set(state, tone);
}

/** The same for the same state name, on every page and in every run. */
export const stateTone = (state: string): StateTone => toneOf.get(state) ?? hueOf(state);

/** Its colour in CSS, in either theme. */
export const stateColour = (state: string): string => `var(--state-${stateTone(state)})`;

/** FNV-1a, 32 bits. */
function hueOf(state: string): StateTone {
  let hash = 0x81_1c_9d_c5;
  for (const char of state) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01_00_01_93);
  }
  return HUES[(hash >>> 0) % HUES.length] ?? 'hue-0';
}
