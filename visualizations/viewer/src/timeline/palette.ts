import { stateTone, type StateTone } from '../style/state-colour.ts';

/** Colours of the theme as a canvas takes them. */
export type Palette = {
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly sunken: string;
  readonly background: string;
  readonly accent: string;
  readonly info: string;
  readonly warn: string;
  readonly bad: string;
  readonly ok: string;
  readonly font: string;
  readonly state: (name: string) => string;
};

/** As the page's style has them now. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const tones = new Map<StateTone, string>();
  return {
    text: read('--text'),
    dim: read('--text-dim'),
    line: read('--line'),
    sunken: read('--bg-sunken'),
    background: read('--bg-raised'),
    accent: read('--accent'),
    info: read('--info'),
    warn: read('--warn'),
    bad: read('--bad'),
    ok: read('--ok'),
    font: `11px ${read('--sans')}`,
    state: (name) => {
      const tone = stateTone(name);
      const colour = tones.get(tone) ?? read(`--state-${tone}`);
      tones.set(tone, colour);
      return colour;
    },
  };
}
