import type { Rule } from '../../machines/rules/rule.ts';
import { GreenroomError } from '../errors.ts';
import { checkTitles, notTried, ok, warning, type Check, type Finding } from './check.ts';
import { explainApiError } from './keys.checks.ts';
import { ServerApiError, type ServerApi } from './server-api.ts';

type RecordingWorld = {
  readonly api: Pick<ServerApi, 'countRecordings'>;
  /** Rejects with a `GreenroomError` where the configuration is wrong. */
  readonly loadRules: () => Promise<readonly Rule[]>;
};

/** Longer than one request may take. */
const TIMEOUT_MS = 8_000;
const INTERNAL = 500;

/** Whether the server knows of an Egress service, where a rule records. Nothing is recorded. */
export const recordingCheck = ({ api, loadRules }: RecordingWorld): Check => ({
  id: 'recording',
  needs: ['keys'],
  timeoutMs: TIMEOUT_MS,
  timeoutRemedy: 'Try again; if it stays so, look at the log of the server and of its Redis.',
  run: async () => {
    const rules = await readableRules(loadRules);
    if (rules === null) return notTried(checkTitles.configuration);
    const names = rules.filter(isRecording).map(({ name }) => name);
    if (names.length === 0) return ok('no rule records');
    try {
      const running = await api.countRecordings();
      return ok(
        `the server passes recordings on (${running} running); whether an Egress service takes ` +
          'them, only a recording shows',
      );
    } catch (error) {
      if (!(error instanceof ServerApiError)) throw error;
      return explainFailure(error, names);
    }
  },
});

const isRecording = ({ then }: Rule): boolean =>
  then.some((action) => action.do === 'startRecording');

async function readableRules(
  loadRules: RecordingWorld['loadRules'],
): Promise<readonly Rule[] | null> {
  try {
    return await loadRules();
  } catch (error) {
    if (error instanceof GreenroomError) return null;
    throw error;
  }
}

/** A server without Redis answers 500 "egress not connected (redis required)". */
function explainFailure(error: ServerApiError, names: readonly string[]): Finding {
  if (error.status !== INTERNAL || !error.message.includes('egress not connected')) {
    return explainApiError(error);
  }
  return warning(
    `${names.join(', ')} would record, and the server has no Egress service: ${error.message}`,
    'Run an Egress service, and Redis for it and the server, or take `record` out of the rules.',
  );
}
