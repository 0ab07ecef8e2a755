/** How long it takes until a monitor knows: that somebody speaks or is silent again, is gone, or is frozen. */
import { parseArgs } from 'node:util';
import { measureAbsence } from './support/measure-absence.ts';
import { measureSpeech } from './support/measure-speech.ts';
import type { Delays } from './support/monitored.ts';
import { quantile } from './support/quantiles.ts';
import { readFacts, report, show } from './support/results.ts';
import { readSize, scaled } from './support/size.ts';
import { onStage } from './support/stage.ts';

const ROOMS = 10;
const MAX_JOBS = 50;

const { values } = parseArgs({
  options: { size: { type: 'string', default: '1' }, 'cpu-prof': { type: 'string' } },
});
const size = readSize(values.size);

await onStage({ maxJobs: MAX_JOBS, cpuProfDir: values['cpu-prof'] }, async (stage) => {
  const facts = readFacts(stage.serverVersion);
  const rooms = scaled(ROOMS, size, 2);
  const speech = await measureSpeech(stage, rooms);
  const absence = await measureAbsence(stage, rooms);
  const result = {
    title: 'detection',
    command: 'npm run bench:detection',
    tables: [
      {
        head: ['what', 'seen', 'p50', 'p95', 'max', 'goal of p95'],
        rows: [
          row('speech begins', speech.begins, '150 ms'),
          row('speech ends', speech.ends, '1150 ms'),
          row('participant killed: suspect', absence.kills, '2200 ms'),
          row('camera sends no more: frozen', absence.freezes, '1600 ms'),
        ],
      },
    ],
    notes: [
      "Speech: from the sending of the first or last Opus packet with sound to the arrival of the monitor's `speaking_detection` at another participant. One process sends and receives, so it is one clock, and its packets, encoded before, wait in no queue. A real microphone adds the 20 ms in which it fills a packet.",
      "Suspect and frozen: from the SIGKILL of the participant's process, or from the sending of the last picture, to the time of the worker's log line `alert opened`; one machine, so one wall clock.",
      `${rooms} rooms side by side on one server and one worker. What is done in them keeps no step with windows (100 ms) and polls (500 ms).`,
      'Speech that begins is told at the end of the window that it falls into: some 60 ms on the way to the worker (network, jitter buffer, media stack), and up to 100 ms to there. Windows read in halves would save 50 ms at the worst, and bring twice the audio events.',
    ],
  };
  (size === 1 ? report : show)(result, facts);
});

function row(what: string, delays: Delays, goal: string): string[] {
  const seen = delays.filter((delay) => delay !== undefined);
  const at = (share: number): string => `${quantile(seen, share).toFixed(0)} ms`;
  return [what, `${seen.length} of ${delays.length}`, at(0.5), at(0.95), at(1), goal];
}
