import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type TokenDialogProps = {
  /** What was wrong with the last one. */
  readonly problem: string | null;
  readonly onToken: (token: string) => void;
};

/** Asks for the token without which the relay shows nothing; it is kept for this tab alone. */
export function TokenDialog({ problem, onToken }: TokenDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = input.current?.value.trim();
    if (token) onToken(token);
  };
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="token-title"
      onCancel={(event) => event.preventDefault()}
    >
      <form onSubmit={submit}>
        <header class="dialog-head">
          <h2 id="token-title">This relay wants a token</h2>
        </header>
        <p class="dim">The one that the process was started with: INSPECT_TOKEN.</p>
        <label class="field">
          Token
          <input
            ref={input}
            class="input mono"
            type="password"
            autocomplete="off"
            name="token"
            required
          />
        </label>
        {problem !== null && (
          <p class="dialog-problem" role="alert">
            {problem}
          </p>
        )}
        <button class="button is-main" type="submit">
          Open
        </button>
      </form>
    </dialog>
  );
}
