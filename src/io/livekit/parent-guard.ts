import { spawn } from 'node:child_process';

/** Runs until its stdin closes, which the kernel does however the parent ends. */
const GUARD = `process.stdin.resume().on('close', () => {
  try { process.kill(Number(process.argv[1]), 'SIGKILL'); } catch {}
});`;

/**
 * Kills a process, or with a negative id its group, when this one ends, also by SIGKILL, where no
 * handler runs.
 *
 * @returns ends the watch: call it when the process has gone, before its id can be given to another.
 */
export function killWithParent(pid: number): () => void {
  const guard = spawn(process.execPath, ['-e', GUARD, '--', String(pid)], {
    // A signal to the terminal's group must not end the guard before the parent.
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return () => void guard.kill('SIGKILL');
}
