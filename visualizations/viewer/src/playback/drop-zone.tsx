import { useLayoutEffect, useState } from 'preact/hooks';
import type { PanelProps } from '../model/panel.ts';
import { ChooseLog } from './choose-log.tsx';
import { openFiles, sending, sendProblem } from './log-sender.ts';
import './drop-zone.css';

/**
 * Takes event logs that are dropped anywhere on the page of a recording. A process that runs shows itself
 * and nothing else: there a drop tells what to do.
 */
export function DropZone({ store }: PanelProps) {
  const [isOver, setOver] = useState(false);
  const [isExplained, explain] = useState(false);
  const isRecording = store.source.value?.kind === 'recording';
  useDrop(setOver, (files) => {
    if (isRecording) void openFiles(files);
    else explain(true);
  });
  const refusal = store.refusal.value;
  const problem = sendProblem.value ?? (isRecording && refusal ? refusal.message : null);
  const isEmpty = isRecording && !store.recording.value && !store.opening.value;
  const now = sending.value;
  return (
    <>
      {isOver && (
        <div class="drop-over" aria-hidden="true">
          <p>
            {isRecording
              ? 'Drop the event log: all of its parts'
              : 'This page shows a running process'}
          </p>
        </div>
      )}
      {isEmpty && !now && (
        <section class="drop-empty" aria-label="Open a recording">
          <div class="drop-place">
            <h2>Drop an event log here</h2>
            <p class="dim">
              A file such as <code class="mono">AJ_x.1.jsonl</code> from EVENT_LOG_DIR, with all of
              its parts. It stays on this machine.
            </p>
            <ChooseLog label="Choose a file…" />
          </div>
        </section>
      )}
      {now && (
        <p class="drop-toast" role="status">
          Sending <span class="mono">{now.file}</span>
          {now.of > 1 && ` (${now.done + 1} of ${now.of})`}
        </p>
      )}
      {problem !== null && (
        <div class="drop-toast is-problem" role="alert">
          <p>{problem}</p>
          <button type="button" class="button" onClick={() => forgetProblems(store)}>
            Close
          </button>
        </div>
      )}
      {isExplained && (
        <div class="drop-toast" role="alert">
          <p>
            A running process shows itself only. Look at a log with{' '}
            <code class="mono">greenroom inspect FILE</code>.
          </p>
          <button type="button" class="button" onClick={() => explain(false)}>
            Close
          </button>
        </div>
      )}
    </>
  );
}

function forgetProblems(store: PanelProps['store']): void {
  sendProblem.value = null;
  store.refusal.value = null;
}

function useDrop(setOver: (isOver: boolean) => void, drop: (files: readonly File[]) => void): void {
  useLayoutEffect(() => {
    const withFiles = (event: DragEvent): boolean =>
      event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent): void => {
      if (!withFiles(event)) return;
      // Else the browser shows the file in the place of the page.
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const take = (event: DragEvent): void => {
      if (!withFiles(event)) return;
      event.preventDefault();
      setOver(false);
      drop([...(event.dataTransfer?.files ?? [])]);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', take);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', take);
    };
  });
}
