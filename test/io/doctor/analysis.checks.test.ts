import { afterAll, beforeAll, expect, it } from 'vitest';
import { listModels } from '../../../src/io/analysis/list-models.ts';
import { analysisCheck } from '../../../src/io/doctor/analysis.checks.ts';
import { startAnalysisEndpoint, type AnalysisEndpoint } from '../../support/analysis-endpoint.ts';

let endpoint: AnalysisEndpoint;
beforeAll(async () => {
  endpoint = await startAnalysisEndpoint(() => null);
});
afterAll(() => endpoint.close());

type Changes = { readonly key?: string; readonly model?: string; readonly path?: string };

const look = (settings: {
  readonly url?: string | undefined;
  readonly key?: string;
  readonly model?: string;
}) => {
  const { url, key = 'right-key', model = 'fake' } = settings;
  return analysisCheck(
    {
      ANALYSIS_BASE_URL: url,
      ANALYSIS_API_KEY: key,
      ANALYSIS_MODEL: url === undefined ? undefined : model,
      ANALYSIS_TIMEOUT: 20_000,
    },
    { listModels },
  ).run(new AbortController().signal);
};

it('[ENG-50] says that the lexicon reads where there is no endpoint', async () => {
  expect(await look({})).toEqual({
    status: 'ok',
    found: 'by the embedded lexicon, in English (ANALYSIS_BASE_URL is not set)',
  });
});

it('[ENG-51] finds that the endpoint answers, takes the key and has the model', async () => {
  const finding = await look({ url: endpoint.url });
  expect(finding).toEqual({
    status: 'ok',
    found: `${endpoint.url} takes the key and has the model fake`,
  });
  expect(endpoint.questions).toEqual([]);
});

it.each<[string, Changes, string, string]>([
  ['a wrong key', { key: 'wrong-key' }, 'failed', 'refuses the key (401)'],
  ['an unknown model', { model: 'fakes' }, 'failed', 'has no model fakes: is fake meant?'],
  ['a path that is missing', { path: '' }, 'warning', 'does not say which models it has (404)'],
])('[ENG-52] tells %s', async (_, { path = '/v1', ...settings }, status, found) => {
  const url = endpoint.url.replace(/\/v1$/, path);
  const finding = await look({ url, ...settings });
  expect(finding.status).toBe(status);
  expect(finding.found).toContain(found);
  expect(finding.found).not.toContain('wrong-key');
});

it('[ENG-53] tells an endpoint that is not there', async () => {
  const gone = await startAnalysisEndpoint(() => null);
  await gone.close();
  const finding = await look({ url: gone.url });
  expect(finding.status).toBe('failed');
  expect(finding.found).toMatch(/cannot be used: .*ECONNREFUSED/);
});
