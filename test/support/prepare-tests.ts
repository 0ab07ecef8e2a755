/**
 * Sees to what the live tests need, and builds or installs what it may: the page for inspection, a
 * LiveKit server, Chromium, the Python SDK, LiveKit's Go test client. Quick where all is there; says all
 * that is missing at once.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../src/io/find-program.ts';
import { findServer } from '../../src/io/livekit/find-server.ts';
import { buildGoClient } from './clients/build-go-client.ts';
import { findChromium, pythonClientSource, pythonClientVenv } from './clients/programs.ts';
import { runPreparation } from './clients/run-preparation.ts';
import { buildViewer, isViewerBuilt } from './viewer-page.ts';

/** @returns what is missing and how to get it; undefined when it is there. */
type Preparation = () => Promise<string | undefined>;

const preparations: readonly Preparation[] = [
  prepareViewer,
  prepareServer,
  prepareChromium,
  preparePythonClient,
  () => buildGoClient(say),
];

async function prepareViewer(): Promise<string | undefined> {
  if (isViewerBuilt()) return undefined;
  say('building the page for inspection');
  try {
    await buildViewer();
    return undefined;
  } catch (cause) {
    return `the page for inspection, which does not build: ${String(cause)}`;
  }
}

async function prepareServer(): Promise<string | undefined> {
  const found = await findServer({ env: process.env, onProgress: say });
  return found.kind === 'none' ? `a LiveKit server: ${found.reason}; ${found.remedy}` : undefined;
}

async function prepareChromium(): Promise<string | undefined> {
  if (findChromium() !== undefined) {
    return undefined;
  }
  const advice = 'Chromium: install chromium or google-chrome, so that it is on PATH';
  const problem = await installDebianPackage('chromium');
  return problem === undefined ? undefined : `${advice} (${problem})`;
}

async function preparePythonClient(): Promise<string | undefined> {
  const venv = pythonClientVenv();
  const isComplete = join(venv, 'is-complete');
  if (existsSync(isComplete)) {
    return undefined;
  }
  const needed = "LiveKit's Python SDK: Python 3.10 or later with venv is needed";
  // Debian ships Python without its venv module.
  if ((await runPreparation('python3', ['-c', 'import ensurepip'])) !== undefined) {
    const problem = await installDebianPackage('python3-venv');
    if (problem !== undefined) {
      return `${needed} (${problem})`;
    }
  }
  say('installing the Python SDK');
  // A venv knows its own path, so it cannot be made elsewhere and moved here.
  const problem =
    (await runPreparation('python3', ['-m', 'venv', '--clear', venv])) ??
    (await runPreparation(join(venv, 'bin', 'pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--requirement',
      join(pythonClientSource, 'requirements.txt'),
    ]));
  if (problem !== undefined) {
    return `${needed} (${problem})`;
  }
  await writeFile(isComplete, '');
  return undefined;
}

async function installDebianPackage(name: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || findProgram('apt-get', process.env) === undefined) {
    return `on Debian: sudo apt-get install ${name}`;
  }
  say(`installing the Debian package ${name}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '--yes', '--no-install-recommends', name];
  return (
    (await runPreparation('apt-get', ['update', '--quiet'], { env })) ??
    (await runPreparation('apt-get', install, { env }))
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const missing: string[] = [];
for (const prepare of preparations) {
  const problem = await prepare();
  if (problem !== undefined) {
    missing.push(problem);
  }
}
if (missing.length > 0) {
  say(`The live tests lack:\n${missing.map((problem) => `- ${problem}`).join('\n')}`);
  process.exitCode = 1;
}
