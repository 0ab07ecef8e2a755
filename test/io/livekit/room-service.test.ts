import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { EgressInfo, EgressStatus } from '@livekit/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { createRoomService } from '../../../src/io/livekit/room-service.ts';

type Answer = { readonly status: number; readonly body: object };

const recording = { filepath: 'a.mp4', layout: 'speaker', audioOnly: false } as const;

/** A server's API that answers each method as the test says, and keeps what it was asked. */
async function serverThat(answers: Readonly<Record<string, Answer>>) {
  const asked: { method: string; body: unknown }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.url?.split('/').at(-1) ?? '';
    asked.push({ method, body: JSON.parse(await text(request)) as unknown });
    const { status, body } = answers[method] ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listener without a port');
  const keys = { apiKey: 'devkey', apiSecret: 'secret-of-at-least-32-characters' };
  return {
    asked,
    service: createRoomService({ url: `ws://127.0.0.1:${address.port}`, ...keys }),
  };
}

const egressThat = (status: EgressStatus): Answer => ({
  status: 200,
  body: { items: [new EgressInfo({ egressId: 'EG_1', status }).toJson()] },
});

it('[RUL-50] records a room to a file by one request, and gives its id', async () => {
  const { asked, service } = await serverThat({
    StartRoomCompositeEgress: {
      status: 200,
      body: new EgressInfo({ egressId: 'EG_1' }).toJson() as object,
    },
    StopEgress: { status: 200, body: {} },
  });
  expect(await service.startRecording('support', recording)).toBe('EG_1');
  await service.stopRecording('EG_1');
  expect(asked).toMatchObject([
    {
      method: 'StartRoomCompositeEgress',
      body: { roomName: 'support', layout: 'speaker', fileOutputs: [{ filepath: 'a.mp4' }] },
    },
    { method: 'StopEgress', body: { egressId: 'EG_1' } },
  ]);
});

it.each<[string, Answer]>([
  [
    'nobody answers the server',
    { status: 503, body: { code: 'unavailable', msg: 'no response from servers' } },
  ],
  [
    'the server has no Redis',
    { status: 500, body: { code: 'internal', msg: 'egress not connected (redis required)' } },
  ],
])('[RUL-51] names the missing Egress service where %s', async (_, answer) => {
  const { service } = await serverThat({
    StartRoomCompositeEgress: answer,
    ListEgress: answer,
    StopEgress: answer,
  });
  for (const asked of [
    service.isRecording('EG_1'),
    service.startRecording('support', recording),
    service.stopRecording('EG_1'),
  ]) {
    await expect(asked).rejects.toMatchObject({ code: 'E_NO_EGRESS' });
  }
});

it('[RUL-52] takes what is gone for done: a recording that has ended, a track, a participant', async () => {
  const gone = { status: 404, body: { code: 'not_found', msg: 'gone' } };
  const { service } = await serverThat({
    StopEgress: { status: 412, body: { code: 'failed_precondition', msg: 'it has ended' } },
    MutePublishedTrack: {
      status: 503,
      body: { code: 'unavailable', msg: 'no response from servers' },
    },
    ListParticipants: { status: 200, body: { participants: [{ identity: 'bob' }] } },
    RemoveParticipant: gone,
  });
  await service.stopRecording('EG_1');
  await service.removeParticipant('support', 'alice');
  await service.muteTrack('support', 'alice', 'TR_1');
  await expect(service.muteTrack('support', 'bob', 'TR_1')).rejects.toMatchObject({ status: 503 });
});

it.each<[string, Answer, boolean]>([
  ['begins', egressThat(EgressStatus.EGRESS_STARTING), true],
  ['goes on', egressThat(EgressStatus.EGRESS_ACTIVE), true],
  ['ends', egressThat(EgressStatus.EGRESS_ENDING), false],
  ['broke off', egressThat(EgressStatus.EGRESS_ABORTED), false],
  ['reached a limit', egressThat(EgressStatus.EGRESS_LIMIT_REACHED), false],
  ['is not known', { status: 404, body: { code: 'not_found', msg: 'no such egress' } }, false],
])('[RUL-53] says of a recording that %s whether it goes on', async (_, answer, goesOn) => {
  const { asked, service } = await serverThat({ ListEgress: answer });
  expect(await service.isRecording('EG_1')).toBe(goesOn);
  expect(asked).toMatchObject([{ method: 'ListEgress', body: { egressId: 'EG_1' } }]);
});
