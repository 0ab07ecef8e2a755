// Receives greenroom's webhooks, and LiveKit's own, at http://127.0.0.1:9000/ (or PORT).
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebhookReceiver } from 'livekit-server-sdk';

const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET, PORT = '9000' } = process.env;
const receiver = new WebhookReceiver(LIVEKIT_API_KEY, LIVEKIT_API_SECRET);

const server = createServer(async (request, response) => {
  const body = await text(request); // as it came: its hash is signed
  try {
    const { id, event, room } = await receiver.receive(body, request.headers.authorization);
    const { greenroom } = JSON.parse(body); // undefined in one of LiveKit's own
    console.log(id, event, room?.name, greenroom?.seq, greenroom?.data);
    response.end();
  } catch {
    response.writeHead(401).end();
  }
});
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});
