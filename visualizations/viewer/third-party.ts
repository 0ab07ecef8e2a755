import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const NODE_MODULES = join(import.meta.dirname, '../../node_modules');

/** Writes `THIRD-PARTY.txt`: whose work the page contains, under which licence, and where its source is. */
export function thirdParty(): Plugin {
  return {
    name: 'third-party',
    apply: 'build',
    generateBundle() {
      const packages = new Set([...this.getModuleIds()].flatMap(packageOf));
      const notices = [...packages].sort().map(noticeOf);
      const source = [
        'The page contains the packages below, each unmodified and under its own licence.\n',
        ...notices,
      ].join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source });
    },
  };
}

/** `@scope/name` or `name`, of a module in one. */
function packageOf(moduleId: string): readonly string[] {
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(moduleId) ?? [];
  return name === undefined ? [] : [name];
}

function noticeOf(name: string): string {
  const folder = join(NODE_MODULES, name);
  const about: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined)
    throw new Error(`${name} has no licence that could be shipped with it`);
  return [
    `${name} ${textAt(about, 'version')}, ${textAt(about, 'license')}`,
    `Source: ${sourceOf(about)}`,
    '',
    readFileSync(join(folder, licence), 'utf8').trim(),
    '',
  ].join('\n');
}

function sourceOf(about: unknown): string {
  const repository = fieldOf(about, 'repository');
  const url = typeof repository === 'string' ? repository : textAt(repository, 'url');
  return url.replace(/^git\+/, '').replace(/\.git$/, '');
}

function textAt(thing: unknown, field: string): string {
  const value = fieldOf(thing, field);
  return typeof value === 'string' ? value : 'not said';
}

const fieldOf = (thing: unknown, field: string): unknown =>
  typeof thing === 'object' && thing !== null ? Reflect.get(thing, field) : undefined;
