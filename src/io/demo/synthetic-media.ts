import type { AudioSource, LocalAudioTrack, LocalVideoTrack, VideoSource } from '@livekit/rtc-node';
import { sleep } from '../clock.ts';
import type { RtcRuntime } from '../livekit/rtc-runtime.ts';
import { speechSamples } from './synthetic-speech.ts';

const SAMPLE_RATE_HZ = 48_000;
const CHUNK_MS = 20;
const CHUNK_SAMPLES = (SAMPLE_RATE_HZ * CHUNK_MS) / 1000;
/** Short, so that an order to speak or to hush is heard soon. */
const QUEUE_MS = 100;

/** A microphone in a room where nobody speaks until told to. */
export class SyntheticMicrophone {
  readonly track: LocalAudioTrack;
  readonly #rtc: RtcRuntime;
  readonly #source: AudioSource;
  #amplitude = 0;
  #samplesLeft = 0;
  #position = 0;
  #isOpen = true;

  constructor(rtc: RtcRuntime) {
    this.#rtc = rtc;
    this.#source = new rtc.sdk.AudioSource(SAMPLE_RATE_HZ, 1, QUEUE_MS);
    this.track = rtc.sdk.LocalAudioTrack.createAudioTrack('microphone', this.#source);
    void this.#run();
  }

  speak(amplitude: number, durationMs: number | null): void {
    this.#amplitude = amplitude;
    this.#samplesLeft =
      durationMs === null ? Infinity : Math.round((durationMs * SAMPLE_RATE_HZ) / 1000);
  }

  hush(): void {
    this.#samplesLeft = 0;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.track.close();
  }

  async #run(): Promise<void> {
    while (this.#isOpen) {
      const { sdk } = this.#rtc;
      const frame = new sdk.AudioFrame(this.#nextChunk(), SAMPLE_RATE_HZ, 1, CHUNK_SAMPLES);
      try {
        // Waits while the queue is full: this is what paces the loop.
        await this.#source.captureFrame(frame);
      } catch {
        // Closed meanwhile, or the native queue refused one chunk: 20 ms are no loss.
        await sleep(CHUNK_MS);
      }
    }
  }

  #nextChunk(): Int16Array {
    if (this.#samplesLeft <= 0) {
      this.#position = 0;
      return new Int16Array(CHUNK_SAMPLES);
    }
    const chunk = speechSamples(this.#position, CHUNK_SAMPLES, SAMPLE_RATE_HZ, this.#amplitude);
    if (this.#samplesLeft < CHUNK_SAMPLES) chunk.fill(0, this.#samplesLeft);
    this.#position += CHUNK_SAMPLES;
    this.#samplesLeft -= CHUNK_SAMPLES;
    return chunk;
  }
}

const WIDTH = 320;
const HEIGHT = 180;
const FRAME_RATE_HZ = 12;
const GREY = 128;

/** A camera before a grey that gets lighter and darker. */
export class SyntheticCamera {
  readonly track: LocalVideoTrack;
  isFilming = true;
  readonly #rtc: RtcRuntime;
  readonly #source: VideoSource;
  readonly #closed = new AbortController();

  constructor(rtc: RtcRuntime) {
    this.#rtc = rtc;
    this.#source = new rtc.sdk.VideoSource(WIDTH, HEIGHT);
    this.track = rtc.sdk.LocalVideoTrack.createVideoTrack('camera', this.#source);
    void this.#run().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.track.close();
  }

  async #run(): Promise<void> {
    const { VideoBufferType, VideoFrame } = this.#rtc.sdk;
    const picture = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(GREY);
    for (let frame = 0; ; frame += 1) {
      if (this.isFilming) {
        picture.fill((frame * 5) % 256, 0, WIDTH * HEIGHT);
        this.#source.captureFrame(new VideoFrame(picture, WIDTH, HEIGHT, VideoBufferType.I420));
      }
      await sleep(1000 / FRAME_RATE_HZ, this.#closed.signal);
    }
  }
}
