/** Shows what a bench measured, and keeps it in RESULTS.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';

const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url));
const HEADING =
  '# Results of the benches\n\nEach section is replaced by the next run of its bench.\n';
const BYTES_PER_GIB = 2 ** 30;

type ResultTable = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export type Result = {
  /** The title of its section, which the next run replaces. */
  readonly title: string;
  /** How to measure again. */
  readonly command: string;
  readonly tables: readonly ResultTable[];
  /** What has to be known to read the tables. */
  readonly notes: readonly string[];
};

export type Facts = readonly (readonly [name: string, value: string])[];

/** Of the machine and of the moment; asked before a bench adds its own load. */
export function readFacts(server: string): Facts {
  const [cpu] = cpus();
  return [
    ['date', new Date().toISOString().slice(0, 10)],
    ['machine', `${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}`],
    ['memory', `${(totalmem() / BYTES_PER_GIB).toFixed(0)} GiB`],
    ['system', `${type()} ${release()} ${process.arch}`],
    ['load before', loadavg()[0]?.toFixed(2) ?? ''],
    ['versions', [`Node ${process.versions.node}`, server, ...packageVersions()].join(', ')],
  ];
}

const packageVersions = (): string[] =>
  ['@livekit/rtc-node', 'xstate', 'rxjs'].map((name) => `${name} ${versionOf(name)}`);

/** As package-lock.json has it: not every package lets its package.json be read. */
function versionOf(name: string): string {
  const lock = createRequire(import.meta.url)('../../package-lock.json') as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>;
  };
  return lock.packages[`node_modules/${name}`]?.version ?? 'unknown';
}

/** Shows it, and keeps it in RESULTS.md. */
export function report(result: Result, facts: Facts): void {
  show(result, facts);
  writeFileSync(RESULTS, replaceSection(readResults(), result.title, toMarkdown(result, facts)));
}

/** Shows it only: where the figures are not those of a whole run. */
export function show(result: Result, facts: Facts): void {
  for (const { head, rows } of [{ head: ['', ''], rows: facts }, ...result.tables]) {
    const table = new Table({ head: [...head], style: { head: [], border: [] } });
    table.push(...rows.map((row) => [...row]));
    console.log(table.toString());
  }
  for (const note of result.notes) console.log(note);
}

function readResults(): string {
  try {
    return readFileSync(RESULTS, 'utf8');
  } catch {
    return HEADING;
  }
}

/** A section begins with `## ` and ends where the next one begins; they stand in the order of their titles. */
function replaceSection(text: string, title: string, section: string): string {
  const [heading = HEADING, ...sections] = text.split(/^(?=## )/m);
  const others = sections.filter((each) => !each.startsWith(`## ${title}\n`));
  return [heading.trimEnd(), ...[...others, section].map((each) => each.trimEnd()).sort()]
    .join('\n\n')
    .concat('\n');
}

function toMarkdown({ title, command, tables, notes }: Result, facts: Facts): string {
  return [
    `## ${title}`,
    '```sh\n' + command + '\n```',
    facts.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    ...tables.map(toMarkdownTable),
    notes.map((note) => `- ${note}`).join('\n'),
  ].join('\n\n');
}

const toMarkdownTable = ({ head, rows }: ResultTable): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};
