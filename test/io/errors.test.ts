import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorTable, GreenroomError, toGreenroomError } from '../../src/io/errors.ts';
import { errorsDocument } from '../support/markdown-tables.ts';

it('[ERR-1] documents every code in docs/errors.md', async () => {
  // Changed the table? `npx vitest run -u test/io/errors.test.ts` writes the document anew.
  await expect(await errorsDocument()).toMatchFileSnapshot('../../docs/errors.md');
});

it('[ERR-2] knows every code that the source uses, and no other', () => {
  const used = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== join('io', 'errors.ts'))
    .flatMap((file) => [...readFileSync(join('src', file), 'utf8').matchAll(/'(E_[A-Z_]+)'/g)])
    .map((match) => match[1]);
  // Where a cause without a code becomes one of ours.
  const usedHere = ['E_INTERNAL'];
  expect([...new Set([...used, ...usedHere])].sort()).toEqual(Object.keys(errorTable).sort());
});

it('[ERR-3] takes retryable and exit status from the table', () => {
  const error = new GreenroomError('E_SERVER_UNREACHABLE', 'ws://localhost:7880 does not answer');
  expect(error).toMatchObject({ retryable: true, exitStatus: 1 });
  expect(error.remedy).toContain('LIVEKIT_URL');
});

it('[ERR-4] keeps the code of an error of ours, and calls everything else internal', () => {
  const coded = Object.assign(new Error('not a log'), { code: 'E_LOG_FORMAT' });
  expect(toGreenroomError(coded)).toMatchObject({ code: 'E_LOG_FORMAT', cause: coded });
  const foreign = Object.assign(new Error('no such file'), { code: 'ENOENT' });
  expect(toGreenroomError(foreign).code).toBe('E_INTERNAL');
  expect(toGreenroomError('thrown text')).toMatchObject({
    code: 'E_INTERNAL',
    message: 'thrown text',
  });
});
