import { useLayoutEffect } from 'preact/hooks';
import { shortcutReader, type Shortcut } from './shortcuts.ts';

/** Hears keys on the page, but for those that are typed into something. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  // Not after the first drawing: who sees the page may press.
  useLayoutEffect(() => {
    const read = shortcutReader(shortcuts);
    const hear = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTypedInto(event.target)) return;
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
      const shortcut = read(event.key, event.timeStamp);
      if (!shortcut) return;
      event.preventDefault();
      shortcut.run();
    };
    document.addEventListener('keydown', hear);
    return () => document.removeEventListener('keydown', hear);
  }, [shortcuts]);
}

const isTypedInto = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
