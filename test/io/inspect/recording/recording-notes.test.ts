import { expect, it } from 'vitest';
import { RecordingNotes } from '../../../../src/io/inspect/recording/recording-notes.ts';

const about = { id: 'AJ_1', kind: 'job', agent: 'a', room: 'r', identity: null } as const;

function openNotes() {
  const notes = new RecordingNotes({ about, startedAt: 1_000, outgoing: (emitted) => emitted });
  notes.take({ kind: 'actor', seq: 0, actor: 1, path: 'job' });
  return notes;
}

it('[REC-16] leaves out what more states there are than a timeline holds, and says so', () => {
  const notes = openNotes();
  const change = (): void => notes.take({ kind: 'state', seq: 1, actor: 1, value: 'on' });
  for (let count = 0; count < 20_000; count += 1) change();
  expect(notes.isCut).toBe(false);
  change();
  expect(notes.isCut).toBe(true);
  expect(notes.timeline().rows[0]?.changes).toHaveLength(20_000);
});

it('[REC-16] leaves out actors that come later than a thousand others, and says so', () => {
  const notes = openNotes();
  for (let actor = 2; actor <= 1_000; actor += 1) {
    notes.take({ kind: 'actor', seq: 1, actor, path: `job/a%3A${actor}` });
  }
  expect(notes.isCut).toBe(false);
  notes.take({ kind: 'actor', seq: 1, actor: 1_001, path: 'job/late' });
  expect(notes.isCut).toBe(true);
  expect(notes.lives).toHaveLength(1_000);
  expect(notes.lives.at(-1)?.name).toBe('a:1000');
});

it('[REC-16] leaves messages out before alerts', () => {
  const notes = openNotes();
  const publish = { type: 'data.publish', topic: 't', payload: 1 };
  for (let count = 0; count < 1_001; count += 1) {
    notes.take({ kind: 'command', seq: 1, actor: 1, event: publish });
  }
  expect(notes.isCut).toBe(true);
  const words = { severity: 'warning', message: 'stands still', evidence: {} };
  const alert = { key: 'frozen', ...words, openedAt: 1_000 };
  notes.take({ kind: 'emitted', seq: 1, actor: 1, event: { type: 'job.alertOpened', alert } });
  const kinds = notes.timeline().marks.map(({ kind }) => kind);
  expect([kinds.length, kinds.at(-1)]).toEqual([1_001, 'alert']);
});
