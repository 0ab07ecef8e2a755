import { format } from 'prettier';
import type { z } from 'zod';
import { builtInAgents } from '../../src/agents/built-in-agents.ts';
import { settingInfo, type SettingsSchema } from '../../src/agents/setting-types.ts';
import { settingFlags } from '../../src/io/config.ts';
import { errorTable, type ErrorEntry } from '../../src/io/errors.ts';
import { workerSettings } from '../../src/io/settings.ts';

/** The README's table of configuration, made from the settings themselves. */
export const configurationTable = (): Promise<string> =>
  markdownTable(
    ['setting', 'flag', 'default', 'meaning'],
    [...allSettings()].map(([name, field]) => settingRow(name, field)),
  );

/** By name: agents may have one in common. */
const allSettings = (): ReadonlyMap<string, z.ZodType> =>
  new Map(
    [workerSettings, ...builtInAgents.map(({ settings }) => settings)].flatMap(
      ({ shape }: SettingsSchema) => Object.entries(shape),
    ),
  );

function settingRow(name: string, field: z.ZodType): string[] {
  const info = settingInfo(field);
  if (!info) throw new Error(`${name} is not made of setting types`);
  const flag = Object.entries(settingFlags).find(([setting]) => setting === name)?.[1];
  return [
    `\`${name}\``,
    flag ? `\`${flag}\`` : '',
    info.isRequired ? 'required' : info.default === null ? '' : `\`${info.default}\``,
    info.description,
  ];
}

/** docs/errors.md, made from the table of codes. */
export async function errorsDocument(): Promise<string> {
  const rows = Object.entries<ErrorEntry>(errorTable).map(
    ([code, { meaning, remedy, retryable, exitStatus }]) => [
      `\`${code}\``,
      meaning,
      remedy,
      retryable ? 'yes' : 'no',
      String(exitStatus),
    ],
  );
  const table = await markdownTable(
    ['code', 'meaning', 'what to do', 'retryable', 'exit status'],
    rows,
  );
  return `# Errors

Every error that greenroom prints or logs has one of these codes. The exit status is what a command
ends with when the error ends it: 1 failed at run time, 2 configuration or usage. Many only ever
stand in a log line, and the worker goes on.

${table}`;
}

/** As prettier lays it out, so that the formatter and the test agree. */
async function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<string> {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return format(lines.join('\n'), { parser: 'markdown' });
}
