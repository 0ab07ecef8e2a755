import type { ErrorInfo } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { atMost } from './at-most.ts';
import { retryableError } from './error-info.ts';

export type RequestCommand<TInput> = {
  readonly type: 'request.start';
  /** Comes back with the answer. */
  readonly requestId: string;
  readonly input: TInput;
};

export type RequestFact<TResult> =
  | { readonly type: 'request.succeeded'; readonly requestId: string; readonly result: TResult }
  | { readonly type: 'request.failed'; readonly requestId: string; readonly error: ErrorInfo };

const MAX_RUNNING = 100;

/**
 * Turns an async function into a port, so that a machine can use it and a replay need not.
 *
 * Each `request.start` is answered by `request.succeeded` or `request.failed` with its `requestId`, in the
 * order in which they are done. At most 100 run at once; one more fails at once.
 *
 * @param run gets the input, and a signal that aborts when the port is stopped. Its result must be
 * plain finite JSON.
 */
export function request<TInput, TResult>(
  run: (input: TInput, options: { readonly signal: AbortSignal }) => Promise<TResult>,
): PortLogic<Record<string, never>, RequestCommand<TInput>> {
  return port<Record<string, never>, RequestFact<TResult>, RequestCommand<TInput>>(
    ({ send, receive }) => {
      const stopped = new AbortController();
      const limited = atMost(MAX_RUNNING, 'requests');
      const answer = async ({ requestId, input }: RequestCommand<TInput>) => {
        const result = await limited(() => run(input, { signal: stopped.signal }));
        return { type: 'request.succeeded', requestId, result } as const;
      };
      receive((command) => {
        // A promise, so that nothing is said inside `receive`, however quick the function is.
        void answer(command)
          .catch((cause: unknown) => {
            const { requestId } = command;
            const error = retryableError('E_REQUEST', cause);
            return { type: 'request.failed', requestId, error } as const;
          })
          .then((fact) => {
            if (!stopped.signal.aborted) send(fact);
          });
      });
      return () => stopped.abort();
    },
  );
}
