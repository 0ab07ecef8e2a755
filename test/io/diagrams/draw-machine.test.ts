import { setup } from 'xstate';
import { expect, it } from 'vitest';
import { bundledElk } from '../../../src/io/diagrams/bundled-elk.ts';
import { layOut } from '../../../src/io/diagrams/chart-layout.ts';
import { drawChart } from '../../../src/io/diagrams/chart-svg.ts';
import { machineChart } from '../../../src/io/diagrams/machine-chart.ts';
import { toMermaid } from '../../../src/io/diagrams/mermaid.ts';

const lampMachine = setup({
  types: {} as { events: { type: 'push' } | { type: 'hum' } | { type: 'break' } },
  actions: { light: () => {} },
  guards: { 'is<on>': () => true },
}).createMachine({
  id: 'lamp',
  type: 'parallel',
  on: { break: '.bulb.broken' },
  states: {
    bulb: {
      initial: 'off',
      states: {
        off: { on: { push: { guard: 'is<on>', target: 'on', actions: 'light' } } },
        on: { on: { push: 'off', hum: {} } },
        broken: { type: 'final' },
      },
    },
    fan: {},
  },
});

const draw = async (heat?: ReadonlyMap<string, number>) =>
  drawChart(await layOut(machineChart(lampMachine), bundledElk(), heat ? { heat } : {}), {
    title: 'The <lamp>',
    description: 'one & all',
  });

it('[DGM-2] writes a machine for Mermaid: regions, beginnings, ends, and what Mermaid has no place for', () => {
  expect(toMermaid(machineChart(lampMachine))).toBe(`stateDiagram-v2
  state "lamp" as machine {
    state "bulb" as bulb {
      [*] --> bulb_off
      state "off" as bulb_off
      state "on" as bulb_on
      state "broken" as bulb_broken
      bulb_off --> bulb_on: push [is<on>] / light
      bulb_on --> bulb_off: push
      bulb_broken --> [*]
    }
    --
    state "fan" as fan
  }
  %% (root): break -> bulb.broken
  %% bulb.on: hum
`);
});

it('[DGM-3] draws every state, arrow and word, without a script, for light and dark pages', async () => {
  const svg = await draw();
  const words = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, word]) => word);
  expect(words.toSorted()).toEqual(
    [
      'lamp (side by side)',
      'break → bulb.broken',
      ...['bulb', 'off', 'on', 'broken', 'fan', 'hum'],
      ...['push [is&lt;on&gt;]', '/ light', 'push'],
    ].toSorted(),
  );
  expect(svg).toContain('<title id="title">The &lt;lamp&gt;</title>');
  expect(svg).toContain('<desc id="description">one &amp; all</desc>');
  expect(svg.match(/<path class="way/g)).toHaveLength(3);
  expect(svg).toContain('prefers-color-scheme:dark');
  expect(svg).not.toMatch(/<script|href=|http:\/\/(?!www\.w3\.org\/2000\/svg)/);
});

it('[DGM-4] tells on the drawing what was taken, how often, and what was not', async () => {
  const svg = await draw(new Map([['bulb.off: push [is<on>] -> bulb.on', 12]]));
  const kinds = [...svg.matchAll(/<text class="(taken|untaken)"[^>]*>([^<]*)</g)];
  expect(kinds.map(([, kind, word]) => `${kind} ${word}`)).toEqual([
    'untaken break → bulb.broken',
    'untaken hum',
    'taken push [is&lt;on&gt;] ×12',
    'taken / light',
    'untaken push',
  ]);
  expect(svg.match(/<path class="way taken"/g)).toHaveLength(1);
  expect(svg.match(/<path class="way untaken"/g)).toHaveLength(1);
});

it('[DGM-5] makes every box wide enough for its words, and keeps them inside their outer one', async () => {
  const { blocks } = await layOut(machineChart(lampMachine), bundledElk());
  const [outer, ...inner] = blocks;
  for (const { x, width, block } of blocks) {
    const columns = Math.max(block.name.length, ...block.lines.map(({ text }) => text.length));
    expect(width, block.path).toBeGreaterThan(columns * 6);
    expect(x, block.path).toBeGreaterThanOrEqual(outer?.x ?? 0);
  }
  const right = ({ x, width }: { x: number; width: number }) => x + width;
  for (const box of inner) expect(right(box)).toBeLessThanOrEqual(outer ? right(outer) : 0);
});
