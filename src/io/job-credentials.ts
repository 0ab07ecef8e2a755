import type { JobCredentials } from '../actors/worker-ports.ts';

/** Enough for every assignment that can be on its way to its job; beyond it the oldest is forgotten. */
const maxKept = 1_000;

/** Keeps the tokens of assigned jobs until they join, so that no event needs to carry one. */
export class CredentialStore {
  readonly #kept = new Map<string, JobCredentials>();

  put(jobId: string, credentials: JobCredentials): void {
    this.#kept.set(jobId, credentials);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
  }

  take(jobId: string): JobCredentials | undefined {
    const credentials = this.#kept.get(jobId);
    this.#kept.delete(jobId);
    return credentials;
  }

  clear(): void {
    this.#kept.clear();
  }
}
