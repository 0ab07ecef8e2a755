import { once } from 'node:events';
import type { LocalParticipant, Room } from '@livekit/rtc-node';
import { disposeRtc, rtcRuntime } from '../livekit/load-rtc.ts';
import { withoutTokens } from '../livekit/room-facts.codec.ts';
import { SyntheticCamera, SyntheticMicrophone } from './synthetic-media.ts';
import type {
  Answer,
  NumberedOrder,
  Order,
  ReconnectKind,
  SyntheticSource,
} from './synthetic-participant.protocol.ts';

/** Plays one participant in a process of its own, so that it can be killed and frozen like a real one. */
class Player {
  readonly #rtc = rtcRuntime();
  readonly #room: Room = new this.#rtc.sdk.Room();
  readonly #published = new Map<SyntheticSource, string>();
  #microphone: SyntheticMicrophone | undefined;
  #camera: SyntheticCamera | undefined;
  #isLeaving = false;

  async obey(order: Order): Promise<string> {
    switch (order.kind) {
      case 'join':
        return this.#join(order.url, order.token);
      case 'publish':
        return this.#publish(order.source);
      case 'unpublish':
        return this.#unpublish(order.source);
      case 'mute':
        this.#rtc.muteLocalTrack(this.#device(order.source).track, order.muted);
        return '';
      case 'speak':
        this.#open('microphone').speak(order.amplitude, order.durationMs);
        return '';
      case 'hush':
        this.#microphone?.hush();
        return '';
      case 'film':
        this.#open('camera').isFilming = order.filming;
        return '';
      case 'sendData':
        await this.#local.publishData(Buffer.from(order.base64, 'base64'), {
          reliable: true,
          topic: order.topic,
          destination_identities: [...order.to],
        });
        return '';
      case 'sendText':
        await this.#local.sendText(order.text, { topic: order.topic });
        return '';
      case 'setMetadata':
        await this.#local.updateMetadata(order.metadata);
        return '';
      case 'setAttributes':
        await this.#local.setAttributes({ ...order.attributes });
        return '';
      case 'reconnect':
        return this.#reconnect(order.how);
      case 'leave':
        this.#isLeaving = true;
        await this.#room.disconnect();
        return '';
    }
  }

  get #local(): LocalParticipant {
    const { localParticipant } = this.#room;
    if (!localParticipant) throw new Error('not in the room');
    return localParticipant;
  }

  async #join(url: string, token: string): Promise<string> {
    this.#room
      .on('dataReceived', (bytes, sender, _kind, topic) =>
        tell({
          kind: 'data',
          topic: topic ?? '',
          base64: Buffer.from(bytes).toString('base64'),
          senderIdentity: sender?.identity ?? null,
        }),
      )
      .on('disconnected', (reason) => {
        if (!this.#isLeaving) tell({ kind: 'thrownOut', reason });
      });
    await this.#room.connect(url, token, { autoSubscribe: false, dynacast: false });
    return this.#local.sid ?? '';
  }

  async #publish(source: SyntheticSource): Promise<string> {
    const { TrackPublishOptions, TrackSource } = this.#rtc.sdk;
    const options = new TrackPublishOptions();
    options.source =
      source === 'microphone' ? TrackSource.SOURCE_MICROPHONE : TrackSource.SOURCE_CAMERA;
    options.simulcast = false;
    const { sid = '' } = await this.#local.publishTrack(this.#open(source).track, options);
    this.#published.set(source, sid);
    return sid;
  }

  async #reconnect(how: ReconnectKind): Promise<string> {
    const { SimulateScenarioKind } = this.#rtc.sdk;
    const scenarios = {
      signal: SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT,
      full: SimulateScenarioKind.SIMULATE_FULL_RECONNECT,
      node: SimulateScenarioKind.SIMULATE_NODE_FAILURE,
    } as const satisfies Record<ReconnectKind, number>;
    const reconnected = once(this.#room, 'reconnected');
    await this.#room.simulateScenario(scenarios[how]);
    await reconnected;
    return this.#local.sid ?? '';
  }

  async #unpublish(source: SyntheticSource): Promise<string> {
    const device = this.#device(source);
    const sid = this.#published.get(source);
    if (sid === undefined) throw new Error(`the ${source} is not published`);
    this.#published.delete(source);
    if (source === 'microphone') this.#microphone = undefined;
    else this.#camera = undefined;
    await this.#local.unpublishTrack(sid);
    await device.close();
    return sid;
  }

  #open(source: 'microphone'): SyntheticMicrophone;
  #open(source: 'camera'): SyntheticCamera;
  #open(source: SyntheticSource): SyntheticMicrophone | SyntheticCamera;
  #open(source: SyntheticSource): SyntheticMicrophone | SyntheticCamera {
    return source === 'microphone'
      ? (this.#microphone ??= new SyntheticMicrophone(this.#rtc))
      : (this.#camera ??= new SyntheticCamera(this.#rtc));
  }

  #device(source: SyntheticSource): SyntheticMicrophone | SyntheticCamera {
    const device = source === 'microphone' ? this.#microphone : this.#camera;
    if (!device) throw new Error(`there is no ${source}`);
    return device;
  }
}

const tell = (answer: Answer): void => {
  if (process.connected) process.send?.(answer);
};

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

const player = new Player();

process.on('message', (message: NumberedOrder) => {
  const { id, order } = message;
  player
    .obey(order)
    .then(
      (result) => tell({ kind: 'done', id, result }),
      (cause: unknown) => tell({ kind: 'refused', id, message: withoutTokens(messageOf(cause)) }),
    )
    .then(async () => {
      if (order.kind !== 'leave') return;
      await disposeRtc();
      process.exit();
    })
    .catch(() => process.exit(1));
});

// The parent is gone, however it ended: nobody would ever tell this process to leave.
process.on('disconnect', () => process.exit());
