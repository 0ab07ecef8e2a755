import { GreenroomError } from '../errors.ts';
import { formatProblems, parseScript } from '../simulated/script-parser.ts';
import type { Script } from '../simulated/script.ts';

export const demoRoom = 'demo';

/** Who is monitored; everybody who appears in the scene. */
export const demoIdentities = ['alice', 'bob', 'carol'] as const;

/** Three people come in, talk in turns, mute, freeze, drop and come back. */
export const scene: Script = read(`
0:01 alice joins with microphone and camera
0:04 alice speaks for 2.5s
0:05 bob joins with microphone and camera
0:07 bob speaks for 2.5s
0:08 carol joins with microphone
0:10 carol speaks for 2s
# From here on it is repeated.
0:12 alice mutes
0:13 bob speaks for 2s
0:15 alice unmutes
0:16 bob stalls camera for 3s
0:16 alice speaks for 3s
0:20 carol freezes for 4s
0:20 bob speaks for 2s
0:24 bob leaves
0:25 alice speaks for 2s
0:27 carol speaks for 2s
0:30 bob returns
0:32 bob speaks for 3s
0:35 alice speaks for 2s
`);

/** From the begin of the opening to that of the first act. */
export const openingMs = 12_000;
export const actMs = 26_000;

export const opening: Script = scene.filter(({ atMs }) => atMs < openingMs);

/** Is repeated for as long as anybody watches: everybody is inside at its begin and end. */
export const act: Script = scene
  .filter(({ atMs }) => atMs >= openingMs)
  .map(({ atMs, happening }) => ({ atMs: atMs - openingMs, happening }));

function read(text: string): Script {
  const parsed = parseScript(text);
  if (parsed.ok) return parsed.script;
  throw new GreenroomError('E_USAGE', `the scene is wrong:\n${formatProblems(parsed.problems)}`);
}
