import { signal } from '@preact/signals';
import { sendLog, type Sending } from './send-log.ts';

/** What somebody dropped or chose: it is one for all of the page. */
export const sending = signal<Sending | null>(null);

/** Why the last one was not taken. */
export const sendProblem = signal<string | null>(null);

/** Sends them; another drop meanwhile is not taken. */
export async function openFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0 || sending.peek() !== null) return;
  sendProblem.value = null;
  try {
    await sendLog(files, (now) => {
      sending.value = now;
    });
  } catch (error) {
    sendProblem.value = error instanceof Error ? error.message : String(error);
  } finally {
    sending.value = null;
  }
}
