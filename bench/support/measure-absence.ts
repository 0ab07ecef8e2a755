import type { SourceTurn } from '../../test/support/clients/command-process.ts';
import { startCrowd, type Crowd, type Member } from './crowd.ts';
import type { LogLine } from './logging-process.ts';
import { monitored, pause, seen, type Delays } from './monitored.ts';
import { say, type Stage } from './stage.ts';

const FREEZES = 2;
/** Longer than the worker takes to see that the pictures are back. */
const FILMING_MS = 3_000;

type Guest = { readonly member: Member; readonly crowd: Crowd; readonly turns: SourceTurn[] };

/** From the last picture to the alert of a frozen camera, and from a SIGKILL to that of a suspect. */
export async function measureAbsence(
  stage: Stage,
  rooms: number,
): Promise<{ readonly freezes: Delays; readonly kills: Delays }> {
  const guests: Guest[] = [];
  try {
    say(`${rooms} guests, a process each`);
    for (let i = 0; i < rooms; i += 1) {
      const turns: SourceTurn[] = [];
      const member = { room: `absence-${i}`, identity: 'guest' };
      const crowd = await startCrowd(stage.server, { onTurn: (turn) => turns.push(turn) });
      guests.push({ member, crowd, turns });
      await crowd.enterWith(member, ['microphone', 'camera']);
      await stage.dispatch(member);
    }
    await monitored(stage, rooms, ({ video }) => video === 'flowing');
    say(`each camera stops ${FREEZES} times`);
    const freezes: Delays = [];
    const freeze = async (guest: Guest): Promise<void> => {
      for (let round = 0; round < FREEZES; round += 1) {
        freezes.push(await stopFilming(stage, guest));
        await guest.crowd.film(guest.member, true);
        await pause(FILMING_MS);
      }
    };
    await Promise.all(guests.map(freeze));
    say('each is killed');
    const kills = await Promise.all(guests.map((guest) => kill(stage, guest)));
    return { freezes, kills };
  } finally {
    for (const { crowd } of guests) await crowd.kill();
  }
}

async function stopFilming(stage: Stage, { member, crowd, turns }: Guest) {
  const [turnsBefore, logsBefore] = [turns.length, stage.worker.logs.length];
  await crowd.film(member, false);
  const ceased = await seen(() => turns.slice(turnsBefore).find(({ event }) => event === 'ceased'));
  const openedMs = await seen(() => alertMs(stage, logsBefore, member, 'video_frozen'));
  return ceased && openedMs && openedMs - ceased.atMs;
}

async function kill(stage: Stage, { member, crowd }: Guest): Promise<number | undefined> {
  await pause(0);
  const logsBefore = stage.worker.logs.length;
  const killedMs = Date.now();
  await crowd.kill();
  const openedMs = await seen(() => alertMs(stage, logsBefore, member, 'suspect'));
  return openedMs && openedMs - killedMs;
}

/** When the worker logged the alert of a room, in epoch milliseconds. */
function alertMs(
  { worker }: Stage,
  logsBefore: number,
  { room }: Member,
  key: string,
): number | undefined {
  const line = worker.logs
    .slice(logsBefore)
    .find(({ msg, alert, pii }) => msg === 'alert opened' && alert === key && roomIn(pii) === room);
  return line && Date.parse(line.time);
}

const roomIn = (pii: LogLine['pii']): unknown =>
  typeof pii === 'object' && pii !== null ? Reflect.get(pii, 'room') : undefined;
