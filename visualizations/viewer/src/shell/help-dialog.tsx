import { useEffect, useRef } from 'preact/hooks';
import type { Shortcut } from './shortcuts.ts';

type HelpDialogProps = {
  readonly shortcuts: readonly Shortcut[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

const FILTERS = [
  ['alice', 'in a name, a room or an identity'],
  ['room:demo', 'rooms'],
  ['identity:alice', 'whom a job is about'],
  ['state:frozen', 'in this state'],
  ['alert:open', 'of jobs with open alerts'],
  ['kind:machine', 'machine, port, other, job, worker'],
  ['status:error', 'active, done, error, stopped, restarted'],
  ['machine:audio-track', 'that run this machine'],
] as const;

/** What the keys do, and what can be searched for. */
export function HelpDialog({ shortcuts, isOpen, onClose }: HelpDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="dialog help" aria-labelledby="help-title" onClose={onClose}>
      <header class="dialog-head">
        <h2 id="help-title">Help</h2>
        <span class="spacer" />
        <button type="button" class="button" onClick={onClose}>
          Close <span class="kbd">Esc</span>
        </button>
      </header>
      <div class="help-columns">
        <section>
          <h3>Keys</h3>
          <dl>
            {shortcuts.map(({ keys, does }) => (
              <div key={keys}>
                <dt>
                  {keys.split(' ').map((key) => (
                    <kbd class="kbd" key={key}>
                      {key}
                    </kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
            <div>
              <dt>
                <kbd class="kbd">↑</kbd>
                <kbd class="kbd">↓</kbd>
                <kbd class="kbd">←</kbd>
                <kbd class="kbd">→</kbd>
              </dt>
              <dd>move in the tree, close and open branches</dd>
            </div>
            <div>
              <dt>
                <kbd class="kbd">Enter</kbd>
              </dt>
              <dd>look at the actor</dd>
            </div>
          </dl>
        </section>
        <section>
          <h3>Search</h3>
          <dl>
            {FILTERS.map(([word, finds]) => (
              <div key={word}>
                <dt>
                  <code class="mono">{word}</code>
                </dt>
                <dd>{finds}</dd>
              </div>
            ))}
          </dl>
          <p class="dim">
            All words must fit. A value with a space is written in quotes:{' '}
            <code class="mono">room:"green room"</code>.
          </p>
        </section>
      </div>
    </dialog>
  );
}
