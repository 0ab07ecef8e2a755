import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const pathOf = (module: string): string => import.meta.resolve(`../../src/io/${module}.ts`);

const prelude = `
  const { runInJob, runOutsideJobs } = await import('${pathOf('job-scope')}');
  const { Shutdown } = await import('${pathOf('shutdown')}');
  const say = (who) => (error) => console.log(who, error.message);
  new Shutdown(process).onFatal(say('process'));
`;

/** In a process of its own: here an uncaught error would end the tests. */
function run(program: string): string {
  const tsx = import.meta.resolve('tsx');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', tsx, '--input-type=module', '-e', `${prelude}${program}`],
    { encoding: 'utf8', timeout: 20_000 },
  );
  return stdout + stderr;
}

const timer = `setTimeout(() => { throw new Error('oh'); }, 1);`;

it.each([
  ['a timer', timer],
  ['a promise', `Promise.reject(new Error('oh'));`],
  ['a timer of a promise', `Promise.resolve().then(() => { ${timer} });`],
])('[COMP-16] gives what %s throws to its job, and to nobody else', (_what, thrower) => {
  const program = `runInJob(say('job 1'), () => { ${thrower} }); runInJob(say('job 2'), () => {});`;
  expect(run(program)).toBe('job 1 oh\n');
});

it('[COMP-16] leaves to the process what belongs to no job', () => {
  expect(run(timer)).toBe('process oh\n');
  expect(run(`runInJob(say('job'), () => runOutsideJobs(() => { ${timer} }));`)).toBe(
    'process oh\n',
  );
});
