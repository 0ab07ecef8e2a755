import { signal } from '@preact/signals';

export type Theme = 'dark' | 'light';

const KEY = 'greenroom.theme';

/** What this browser was told last, or else what its system prefers. */
export const theme = signal<Theme>(rememberedTheme());

theme.subscribe((name) => {
  document.documentElement.dataset['theme'] = name;
});

export function switchTheme(): void {
  theme.value = theme.peek() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, theme.peek());
}

function rememberedTheme(): Theme {
  const remembered = localStorage.getItem(KEY);
  if (remembered === 'dark' || remembered === 'light') return remembered;
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}
