import { expect, it } from 'vitest';
import { keysCheck } from '../../../src/io/doctor/keys.checks.ts';
import { toServerApiError } from '../../../src/io/doctor/livekit-server-api.ts';
import { ScriptedServer, systemError } from '../../support/scripted-doctor-world.ts';

const answered = (status: number, message: string) => Object.assign(new Error(message), { status });

function look(error: unknown) {
  const { api } = new ScriptedServer();
  const listRooms = () => Promise.reject(toServerApiError(error));
  return keysCheck({ ...api, listRooms }).run(new AbortController().signal);
}

it('[DOC-30] counts the rooms of a server that accepts the key', async () => {
  const server = new ScriptedServer();
  server.rooms = [{ name: 'a', participants: 0 }];
  expect(await keysCheck(server.api).run(new AbortController().signal)).toMatchObject({
    status: 'ok',
    found: 'accepted; 1 open room',
  });
});

it.each([
  [answered(401, 'invalid API key: k'), 'the server does not know LIVEKIT_API_KEY'],
  [
    answered(401, 'invalid token: eyJx, error: token signature is invalid: signature is invalid'),
    'LIVEKIT_API_SECRET does not belong to it',
  ],
  [answered(401, 'invalid token: eyJx, error: token is expired'), 'takes the token for too old'],
  [answered(401, 'invalid token: eyJx, error: token not valid yet (nbf)'), 'one of the future'],
  [answered(403, 'permissions denied'), 'the server refuses the API key'],
  [answered(404, 'page not found'), 'has no API of LiveKit'],
  [answered(500, 'out of order'), 'the API answers 500: out of order'],
  [
    new TypeError('fetch failed', { cause: systemError('ECONNRESET') }),
    'the API does not answer: ECONNRESET happened',
  ],
])('[DOC-31] explains %s', async (error, found) => {
  const finding = await look(error);
  expect(finding).toMatchObject({
    status: 'failed',
    found: expect.stringContaining(found) as unknown,
  });
  expect(finding.remedy).toMatch(/^(Compare|Check|Set|Look)/);
  // Neither what is found nor the error that it came from shows the token.
  expect(`${JSON.stringify(finding)} ${toServerApiError(error).message}`).not.toContain('eyJ');
});
