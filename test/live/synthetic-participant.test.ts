import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, inject, it, onTestFinished } from 'vitest';
import { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import { newRoomName, roomService, until } from '../support/livekit-room-harness.ts';

const moduleUrl = new URL('../../src/io/demo/synthetic-participant.ts', import.meta.url).href;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A process that starts a participant and says its pid. */
async function startParent(then: string) {
  const options = { ...inject('livekit'), room: newRoomName(), identity: 'alice' };
  const script = `
    const { SyntheticParticipant } = await import(${JSON.stringify(moduleUrl)});
    const alice = await SyntheticParticipant.start(${JSON.stringify(options)});
    console.log(alice.pid);
    ${then}`;
  const parent = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => {
    parent.kill('SIGKILL');
  });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  return { parent, childPid: Number(line) };
}

it('[DEMO-3] ends the process of a participant when its parent is killed', async () => {
  const { parent, childPid } = await startParent('');
  expect(isAlive(childPid)).toBe(true);
  parent.kill('SIGKILL');
  await until(() => !isAlive(childPid), 'the end of the child');
});

it('[DEMO-3] ends the process of a frozen participant when its parent ends', async () => {
  const { childPid } = await startParent('alice.freeze(); process.exit();');
  await until(() => !isAlive(childPid), 'the end of the child');
});

it('[DEMO-4] says why a participant could not join, without its token', async () => {
  const wrongKey = { ...inject('livekit'), apiSecret: 'another-secret-of-at-least-32-characters' };
  const started = SyntheticParticipant.start({
    ...wrongKey,
    room: newRoomName(),
    identity: 'alice',
  });
  await expect(started).rejects.toThrow(/^alice: .*401/);
  await expect(started).rejects.not.toThrow(/eyJ/);
});

it('[DEMO-5] is gone for the server at once when it leaves', async () => {
  const server = inject('livekit');
  const room = newRoomName();
  const alice = await SyntheticParticipant.start({ ...server, room, identity: 'alice' });
  await alice.leave();
  expect(isAlive(alice.pid ?? 0)).toBe(false);
  expect(await roomService(server).listParticipants(room)).toEqual([]);
  await expect(alice.hush()).rejects.toThrow('alice is gone.');
});
