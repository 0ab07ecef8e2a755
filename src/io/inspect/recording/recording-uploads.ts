import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isNamedAsLog } from '../../replay/find-logs.ts';
import type { RelayAccess } from '../relay-access.ts';

type RecordingUploadsOptions = {
  /** Of all files that lie there at one time, in bytes; 1 GiB unless told otherwise. */
  readonly maxBytes?: number;
  /**
   * All files of a drop are there: gets the path of one of them. Resolves with whether they are shown, and
   * so must stay.
   */
  readonly onDropped: (path: string) => Promise<boolean>;
};

const GIBIBYTE = 2 ** 30;
/** A log of 1 GiB has some twenty parts. */
const MAX_FILES = 100;

const NAME = /^[\w-][\w.-]{0,199}$/;
const DROP = /^[a-z0-9-]{8,64}$/;

type Drop = { readonly drop: string };
type DroppedFile = Drop & { readonly name: string };

/** What is said to a viewer whose file is not taken. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Takes the files of a log that somebody dropped on the page, into a private folder that goes with the
 * process: each is sent by itself, and then the drop is closed.
 *
 * Another page can have it neither read nor sent: that takes the stream's own rights, an origin, and a
 * content type for which a browser asks first.
 */
export class RecordingUploads {
  readonly #maxBytes: number;
  readonly #onDropped: RecordingUploadsOptions['onDropped'];
  #folder: Promise<string> | null = null;
  #isBusy = false;
  #shownDrop: string | null = null;

  constructor({ maxBytes = GIBIBYTE, onDropped }: RecordingUploadsOptions) {
    this.#maxBytes = maxBytes;
    this.#onDropped = onDropped;
  }

  readonly addRoutes = (server: FastifyInstance, access: RelayAccess): void => {
    void server.register((scope, _options, done) => {
      const guards = { onRequest: [access.guardStream, requireOrigin] };
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('application/octet-stream', (_request, payload, parsed) =>
        parsed(null, payload),
      );
      scope.post<{ Params: DroppedFile; Body: Readable }>(
        '/recording/:drop/:name',
        guards,
        ({ params, body }, reply) => this.#answer(reply, 201, () => this.#take(params, body)),
      );
      scope.post<{ Params: Drop }>('/recording/:drop', guards, ({ params }, reply) =>
        this.#answer(reply, 202, () => this.#finish(params)),
      );
      done();
    });
  };

  /** Removes all that was sent. */
  async close(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }

  async #answer(reply: FastifyReply, status: number, work: () => Promise<void>) {
    try {
      if (this.#isBusy) throw new Refusal(409, 'Another file is on its way: send it afterwards.');
      this.#isBusy = true;
      try {
        await work();
      } finally {
        this.#isBusy = false;
      }
      return await reply.code(status).send({});
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // What is still to come of the file is not wanted.
      void reply.header('connection', 'close');
      return reply.code(error.status).send({ error: 'refused', message: error.message });
    }
  }

  async #take({ drop, name }: DroppedFile, body: Readable): Promise<void> {
    if (!DROP.test(drop) || !NAME.test(name) || !isNamedAsLog(name)) {
      throw new Refusal(
        400,
        `${name} is not named as an event log: AJ_x.1.jsonl, or AJ_x.1.jsonl.br`,
      );
    }
    const folder = join(await this.#ownFolder(), drop);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await readdir(folder)).length >= MAX_FILES) {
      throw new Refusal(413, `A log may have ${MAX_FILES} parts at most.`);
    }
    const path = join(folder, name);
    const left = this.#maxBytes - (await this.#storedBytes());
    const limit = limitTo(left, () => new Refusal(413, `More than ${this.#maxBytes} bytes.`));
    try {
      await pipeline(body, limit, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (cause) {
      if (isCode(cause, 'EEXIST')) throw new Refusal(409, `${name} was sent already.`);
      await rm(path, { force: true });
      throw cause;
    }
  }

  async #finish({ drop }: Drop): Promise<void> {
    if (!DROP.test(drop)) throw new Refusal(400, 'A drop is named by 8 to 64 of a-z, 0-9 and -.');
    const folder = join(await this.#ownFolder(), drop);
    const [first] = await readdir(folder).catch(() => []);
    if (first === undefined) throw new Refusal(404, 'Nothing was sent under this name.');
    // Told on the stream: it may take longer than a request.
    void this.#onDropped(join(folder, first)).then((isShown) => this.#keepOnly(drop, isShown));
  }

  /** Its parts may be read again. */
  async #keepOnly(drop: string, isShown: boolean): Promise<void> {
    const unwanted = isShown ? this.#shownDrop : drop;
    if (isShown) this.#shownDrop = drop;
    if (unwanted === null || !this.#folder) return;
    await rm(join(await this.#folder, unwanted), { recursive: true, force: true });
  }

  #ownFolder(): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'greenroom-inspect-'));
    return this.#folder;
  }

  async #storedBytes(): Promise<number> {
    const folder = await this.#ownFolder();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(
      files.map(({ parentPath, name }) => stat(join(parentPath, name))),
    );
    return sizes.reduce((sum, { size }) => sum + size, 0);
  }
}

/** Browsers name the origin of every such request; whoever names none is no page of ours. */
function requireOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  done: () => void,
): FastifyReply | undefined {
  if (request.headers.origin !== undefined) {
    done();
    return undefined;
  }
  return reply.code(403).send({ error: 'origin', message: 'Only the page itself sends files.' });
}

const limitTo = (maxBytes: number, tooMuch: () => Error) =>
  async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooMuch();
      yield chunk;
    }
  };

const isCode = (cause: unknown, code: string): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === code;
