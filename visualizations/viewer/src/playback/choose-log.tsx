import { useRef } from 'preact/hooks';
import { openFiles, sending } from './log-sender.ts';

/** What a drop does, for the keyboard. */
export function ChooseLog({ label }: { readonly label: string }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={sending.value !== null}
        title="Open an event log of this machine; choose all of its parts"
        onClick={() => input.current?.click()}
      >
        {label}
      </button>
      <input
        ref={input}
        class="unseen"
        type="file"
        multiple
        accept=".jsonl,.br"
        tabIndex={-1}
        aria-label="Event log"
        onChange={({ currentTarget }) => {
          void openFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
