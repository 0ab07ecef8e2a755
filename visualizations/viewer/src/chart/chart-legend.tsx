import type { ComponentChildren } from 'preact';

const Sample = ({ children }: { children: ComponentChildren }) => (
  <svg class="chart-drawing" width={44} height={22} aria-hidden="true">
    {children}
  </svg>
);

const box = { x: 2, y: 3, width: 40, height: 16, rx: 4 };

const entries: readonly { readonly sample: ComponentChildren; readonly words: string }[] = [
  {
    sample: (
      <g class="state leaf active">
        <rect class="box" {...box} />
      </g>
    ),
    words: 'state that the actor is in',
  },
  {
    sample: (
      <g class="state leaf">
        <rect class="box" {...box} />
      </g>
    ),
    words: 'other state',
  },
  {
    sample: (
      <g class="state outer region">
        <rect class="box" {...box} />
      </g>
    ),
    words: 'region: all regions of a state are active side by side',
  },
  {
    sample: (
      <g class="state leaf">
        <rect class="box" {...box} />
        <rect class="inner-border" x={5} y={6} width={34} height={10} rx={2} />
      </g>
    ),
    words: 'final state',
  },
  {
    sample: (
      <g class="arrow">
        <circle class="dot" cx={6} cy={11} r={5} />
        <path class="way" d="M11 11L40 11" marker-end="url(#chart-tip)" />
      </g>
    ),
    words: 'where a state begins',
  },
  {
    sample: (
      <g class="arrow lit">
        <path class="way" d="M2 11L40 11" marker-end="url(#chart-tip-lit)" />
      </g>
    ),
    words: 'transition that was taken last',
  },
  {
    sample: (
      <g class="arrow">
        <path class="way" d="M2 11L40 11" stroke-width={4} marker-end="url(#chart-tip)" />
      </g>
    ),
    words: 'the wider, the more often taken; ×n says how often',
  },
  {
    sample: (
      <g class="timer">
        <circle class="ring-all" cx={21} cy={11} r={6} />
        <circle class="ring-left" cx={21} cy={11} r={6} pathLength={1} stroke-dasharray="0.6 1" />
      </g>
    ),
    words: 'timer that runs, and the time left',
  },
];

/** What the signs of a chart mean. */
export const ChartLegend = () => (
  <details class="chart-legend">
    <summary>Legend</summary>
    <ul>
      {entries.map(({ sample, words }) => (
        <li key={words}>
          <Sample>{sample}</Sample>
          {words}
        </li>
      ))}
      <li>
        <code>event [guard] / actions</code> at an arrow, and in a state for what stays inside it
      </li>
    </ul>
  </details>
);
