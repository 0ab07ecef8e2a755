import { createServer, type IncomingMessage } from 'node:http';
import {
  AvailabilityRequest,
  Job,
  JobAssignment,
  JobTermination,
  JobType,
  ParticipantInfo,
  RegisterWorkerResponse,
  Room,
  ServerInfo,
  ServerMessage,
  WorkerMessage,
  WorkerPong,
} from '@livekit/protocol';
import { TokenVerifier } from 'livekit-server-sdk';
import { WebSocketServer, type WebSocket } from 'ws';

type Word = WorkerMessage['message'];

/**
 * The `/agent` endpoint of a LiveKit server in a few messages, and what a good server never does.
 *
 * It keeps everything that it received, decoded.
 */
export class FakeAgentServer {
  readonly keys = { apiKey: 'testkey', apiSecret: 'a-secret-of-at-least-32-characters' };
  readonly received: Word[] = [];
  readonly requests: IncomingMessage[] = [];
  readonly #http = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  readonly #upgrades = new WebSocketServer({ noServer: true });
  #socket: WebSocket | undefined;
  #isSilent = false;
  #isRegistered = false;

  /** @param path where the server lies, such as `/livekit`. */
  static async start(path = ''): Promise<FakeAgentServer> {
    const server = new FakeAgentServer();
    server.#http.on('upgrade', (request, socket, head) => {
      server.requests.push(request);
      void server.#admit(request, path).then((isAdmitted) => {
        if (!isAdmitted)
          return socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
        server.#upgrades.handleUpgrade(request, socket, head, (opened) => server.#serve(opened));
        return undefined;
      });
    });
    await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const address = this.#http.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    const { port } = address;
    return `ws://127.0.0.1:${port}`;
  }

  send(message: ServerMessage['message']): void {
    this.sendRaw(new ServerMessage({ message }).toBinary());
  }

  /** Bytes as a binary frame, a string as a text frame. */
  sendRaw(data: Uint8Array | string): void {
    this.#socket?.send(data);
  }

  offer(job: ConstructorParameters<typeof Job>[0]): void {
    const value = new AvailabilityRequest({ job: new Job(job) });
    this.send({ case: 'availability', value });
  }

  launch(metadata: string, identity: string): void {
    this.offer({
      id: 'AJ_1',
      dispatchId: 'AD_1',
      type: JobType.JT_PARTICIPANT,
      agentName: 'tested',
      room: new Room({ name: 'class', sid: 'RM_1' }),
      participant: new ParticipantInfo({ identity, sid: 'PA_1' }),
      metadata,
    });
  }

  assign(jobId: string, url?: string): void {
    const value = new JobAssignment({ job: new Job({ id: jobId }), token: `token-of-${jobId}` });
    if (url !== undefined) value.url = url;
    this.send({ case: 'assignment', value });
  }

  terminate(jobId: string): void {
    this.send({ case: 'termination', value: new JobTermination({ jobId }) });
  }

  register(): void {
    const serverInfo = new ServerInfo({ version: '1.13.5' });
    const value = new RegisterWorkerResponse({ workerId: 'AW_fake', serverInfo });
    this.send({ case: 'register', value });
  }

  /** As the real one does it: without a close frame. */
  drop(): void {
    this.#socket?.terminate();
  }

  goSilent(): void {
    this.#isSilent = true;
  }

  /** Reads nothing any more, not even that the connection is being closed. */
  freeze(): void {
    this.#socket?.pause();
  }

  async stop(): Promise<void> {
    this.#socket?.terminate();
    this.#upgrades.close();
    if (this.#http.listening) await new Promise((resolve) => this.#http.close(resolve));
  }

  async #admit({ url, headers }: IncomingMessage, path: string): Promise<boolean> {
    if (url !== `${path}/agent`) return false;
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    const verifier = new TokenVerifier(this.keys.apiKey, this.keys.apiSecret);
    return verifier.verify(token).then(
      ({ video }) => video?.agent === true,
      () => false,
    );
  }

  #serve(socket: WebSocket): void {
    this.#socket = socket;
    this.#isRegistered = false;
    socket.on('message', (data: Buffer) => this.#take(WorkerMessage.fromBinary(data).message));
  }

  #take(word: Word): void {
    this.received.push(word);
    if (this.#isSilent) return;
    if (word.case === 'ping') this.send({ case: 'pong', value: new WorkerPong() });
    if (word.case === 'availability' && word.value.available) this.assign(word.value.jobId);
    if (word.case !== 'register') return;
    if (this.#isRegistered) this.drop();
    else this.register();
    this.#isRegistered = true;
  }
}
