import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** As where it is not installed. */
const hidesVitest = `
  import { register } from 'node:module';
  const hook = "export const resolve = (name, context, next) => {" +
    "if (name === 'vitest') throw new Error('vitest is not installed'); return next(name, context); }";
  register('data:text/javascript,' + encodeURIComponent(hook));
`;

const program = `
  import { describeMachine, runAgent } from './src/testing.ts';
  import { host } from './test/support/host.agent.ts';
  const { summary } = await runAgent(host, { script: '0:01 alice joins' });
  let refusal;
  try { describeMachine(host.machine(), {}); } catch (error) { refusal = error.message; }
  console.log(JSON.stringify({ summary, refusal }));
`;

it('[TKT-34] runs agents in a program that has no vitest', async () => {
  const env = { ...process.env };
  delete env['VITEST'];
  const hidden = `data:text/javascript,${encodeURIComponent(hidesVitest)}`;
  const { stdout } = await run(
    process.execPath,
    ['--import', 'tsx', '--import', hidden, '--input-type=module', '--eval', program],
    { env },
  );
  expect(JSON.parse(stdout)).toEqual({
    summary: { guests: 1 },
    refusal: 'describeMachine makes tests, and this process is not run by vitest: npx vitest run',
  });
}, 30_000);
