// The page side of browser-client.ts: a participant of livekit-client in a real browser.
const { LocalAudioTrack, Room, RoomEvent, Track } = globalThis.LivekitClient;

const toneHz = 440;
/** A sine of this amplitude has an RMS level of 0.2. */
const toneAmplitude = 0.3;

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const sources = { microphone: Track.Source.Microphone, camera: Track.Source.Camera };

let room;
let loudness;
let audio;

function createMicrophone() {
  audio = new AudioContext();
  const tone = new OscillatorNode(audio, { frequency: toneHz });
  loudness = new GainNode(audio, { gain: 0 });
  const output = audio.createMediaStreamDestination();
  tone.connect(loudness).connect(output);
  tone.start();
  return new LocalAudioTrack(output.stream.getAudioTracks()[0], undefined, true);
}

globalThis.testClient = {
  async join(url, token, disconnectOnPageLeave) {
    room = new Room({ disconnectOnPageLeave });
    room.on(RoomEvent.DataReceived, (payload, _participant, _kind, topic) =>
      globalThis.reportData(topic, decoder.decode(payload)),
    );
    await room.connect(url, token);
    await room.localParticipant.publishTrack(createMicrophone(), {
      source: Track.Source.Microphone,
    });
    await room.localParticipant.setCameraEnabled(true);
  },
  speak(isSpeaking) {
    loudness.gain.value = isSpeaking ? toneAmplitude : 0;
  },
  async mute(source, isMuted) {
    const { track } = room.localParticipant.getTrackPublication(sources[source]);
    await (isMuted ? track.mute() : track.unmute());
  },
  publishData: (topic, text) =>
    room.localParticipant.publishData(encoder.encode(text), { reliable: true, topic }),
  async leave() {
    await room?.disconnect();
    await audio?.close();
    room = undefined;
    audio = undefined;
  },
};
