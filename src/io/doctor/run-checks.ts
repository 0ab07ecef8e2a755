import type { Clock } from '../../actors/ports.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { reasonOf } from '../error-reason.ts';
import { checkTitles, failed, notTried } from './check.ts';
import type { Check, CheckId, CheckResult, Finding } from './check.ts';

type RunChecksOptions = {
  readonly clock: Clock;
  /** Texts that no finding may show. */
  readonly secrets: readonly string[];
  /** Hears of each beginning and end: the titles of the checks that run. */
  readonly onProgress: (running: readonly string[]) => void;
};

/** How long a check that is over its time may take to say how far it came, and to clean up. */
const GRACE_MS = 2_000;

/** Runs all checks at once, each after those that it needs. The results are in the order given. */
export async function runChecks(
  checks: readonly Check[],
  options: RunChecksOptions,
): Promise<readonly CheckResult[]> {
  const results = new Map<CheckId, Promise<CheckResult>>();
  const running = new Set<string>();
  const report = () => options.onProgress([...running]);
  for (const check of checks) {
    const needed = (check.needs ?? []).map((id) => {
      const result = results.get(id);
      if (!result) throw new Error(`${check.id} needs ${id}, which must come before it`);
      return result;
    });
    const run = async (): Promise<CheckResult> => {
      const missing = (await Promise.all(needed)).find(isNoSuccess);
      if (missing) return toResult(check, becauseOf(missing), 0, options.secrets);
      running.add(checkTitles[check.id]);
      report();
      const startedAt = options.clock.now();
      const finding = await runInTime(check, options.clock);
      running.delete(checkTitles[check.id]);
      report();
      return toResult(check, finding, options.clock.now() - startedAt, options.secrets);
    };
    results.set(check.id, run());
  }
  return Promise.all(results.values());
}

const isNoSuccess = ({ status }: CheckResult): boolean =>
  status === 'failed' || status === 'skipped';

const becauseOf = ({ title }: CheckResult): Finding => notTried(title);

/** Settles whatever the check does: by its finding, its exception, or the end of its time. */
function runInTime(check: Check, clock: Clock): Promise<Finding> {
  const overtime = new AbortController();
  return new Promise((resolve) => {
    let timer = clock.setTimeout(() => {
      overtime.abort();
      timer = clock.setTimeout(() => resolve(tooLate(check)), GRACE_MS);
    }, check.timeoutMs);
    const settle = (finding: Finding) => {
      clock.clearTimeout(timer);
      resolve(finding);
    };
    // A check that throws at once is no better than one that rejects.
    const run = async () => check.run(overtime.signal);
    run().then(settle, (error: unknown) =>
      // What was under way when time was over breaks off with an error that explains nothing.
      settle(overtime.signal.aborted ? tooLate(check) : broken(error)),
    );
  });
}

const tooLate = ({ timeoutMs, timeoutRemedy }: Check): Finding =>
  failed(`no answer within ${timeoutMs / 1_000} s`, timeoutRemedy);

const broken = (error: unknown): Finding =>
  failed(
    `the check itself broke: ${reasonOf(error)}`,
    'Report it with this line: it is a mistake in greenroom.',
  );

function toResult(
  { id }: Check,
  { status, found, details = [], remedy }: Finding,
  durationMs: number,
  secrets: readonly string[],
): CheckResult {
  const clean = (text: string) => maskSecrets(text, secrets);
  return {
    id,
    title: checkTitles[id],
    status,
    found: clean(found),
    details: details.map(clean),
    remedy: remedy ?? null,
    durationMs,
  };
}
