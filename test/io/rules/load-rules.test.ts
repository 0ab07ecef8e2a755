import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadRules } from '../../../src/io/rules/load-rules.ts';
import { newFolder } from '../../support/command-world.ts';

const rule = "{ name: 'one', when: 'track.muted', then: { remove: true } }";
const yaml = 'rules:\n  - name: one\n    when: track.muted\n    then: { remove: true }\n';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const load = (folder: string, file?: string) => loadRules({ file, folder, agents: [] });

it.each([
  ['greenroom.config.mjs', `export default { rules: [${rule}] };`],
  ['greenroom.config.yaml', yaml],
  ['greenroom.config.yml', yaml],
  [
    'greenroom.config.json',
    '{"rules":[{"name":"one","when":"track.muted","then":{"remove":true}}]}',
  ],
])('[RUL-26] reads the rules of %s in the working directory', async (name, text) => {
  expect((await load(folderWith({ [name]: text }))).rules).toMatchObject([{ name: 'one' }]);
});

it('[RUL-26] reads a file that is named, and needs none', async () => {
  const folder = folderWith({ 'other.yaml': yaml });
  expect((await load(folder)).rules).toEqual([]);
  expect((await load(folder, 'other.yaml')).rules).toHaveLength(1);
});

it.each<[string, Record<string, string>, string | undefined, string, string]>([
  [
    'two of them',
    { 'greenroom.config.json': '{}', 'greenroom.config.yaml': '' },
    undefined,
    'there are greenroom.config.json and greenroom.config.yaml in',
    '--config',
  ],
  [
    'TypeScript',
    { 'greenroom.config.ts': '' },
    undefined,
    'is TypeScript, which Node 20 does not load',
    'defineConfig gives the types',
  ],
  ['CommonJS', { 'greenroom.config.cjs': '' }, undefined, 'is a CommonJS module', '.mjs'],
  ['a file that is not there', {}, 'none.json', 'none.json cannot be read', 'Correct the settings'],
  [
    'broken YAML',
    { 'greenroom.config.yaml': 'rules: [' },
    undefined,
    'is no JSON or YAML',
    'Correct the settings',
  ],
  [
    'a module without a default',
    { 'greenroom.config.mjs': '' },
    undefined,
    'has no default export',
    'export default defineConfig',
  ],
])('[RUL-27] refuses %s, and says what to do', async (_, files, file, message, remedy) => {
  await expect(load(folderWith(files), file)).rejects.toMatchObject({
    code: 'E_CONFIG',
    exitStatus: 2,
    message: expect.stringContaining(message) as unknown,
    remedy: expect.stringContaining(remedy) as unknown,
  });
});
