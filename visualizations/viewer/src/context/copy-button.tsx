import { useState } from 'preact/hooks';

const SHOWN_MS = 1_500;

type CopyButtonProps = {
  readonly label: string;
  /** Made only when it is copied. */
  readonly textOf: () => string;
};

/** Copies a text, and says whether it did. */
export function CopyButton({ label, textOf }: CopyButtonProps) {
  const [said, setSaid] = useState<string | null>(null);
  const say = (text: string): void => {
    setSaid(text);
    setTimeout(() => setSaid(null), SHOWN_MS);
  };
  const copy = (): void => {
    // Browsers have no clipboard for a page that came over plain HTTP from another machine.
    if (!isSecureContext) {
      say('Needs HTTPS');
      return;
    }
    navigator.clipboard.writeText(textOf()).then(
      () => say('Copied'),
      () => say('Not allowed'),
    );
  };
  return (
    <button type="button" class="button" aria-live="polite" onClick={copy}>
      {said ?? label}
    </button>
  );
}
