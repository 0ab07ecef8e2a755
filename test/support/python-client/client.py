"""A participant of LiveKit's Python SDK, told what to do by JSON lines on stdin.

Each command is answered by {"event": "done", "id": n} or {"event": "failed", "id": n, "message": ...};
data messages come as {"event": "data", "topic": ..., "text": ...}. It ends when stdin does.
"""

import array
import asyncio
import json
import math
import sys

from livekit import rtc

SAMPLE_RATE_HZ = 48_000
FRAME_SAMPLES = SAMPLE_RATE_HZ // 50
# One second of 440 Hz: whole periods and whole frames, so that it loops without a click.
TONE = array.array("h", (round(0.3 * 32767 * math.sin(2 * math.pi * 440 * i / SAMPLE_RATE_HZ)) for i in range(SAMPLE_RATE_HZ)))
SILENCE = array.array("h", bytes(2 * FRAME_SAMPLES))
WIDTH, HEIGHT, FRAME_RATE_HZ = 320, 180, 15


def say(**event):
    print(json.dumps(event), flush=True)


class Participant:
    def __init__(self):
        self.room = rtc.Room()
        self.is_speaking = False
        self.tracks = {}
        self.players = []

    async def join(self, url, token):
        @self.room.on("data_received")
        def on_data(packet):
            say(event="data", topic=packet.topic, text=packet.data.decode("utf-8", "replace"))

        await self.room.connect(url, token)
        # Its own queue of 1 s would let speech begin and end late.
        microphone = rtc.AudioSource(SAMPLE_RATE_HZ, 1, queue_size_ms=100)
        camera = rtc.VideoSource(WIDTH, HEIGHT)
        await self.publish("microphone", rtc.LocalAudioTrack.create_audio_track("microphone", microphone))
        await self.publish("camera", rtc.LocalVideoTrack.create_video_track("camera", camera))
        self.players = [asyncio.create_task(self.play_tone(microphone)), asyncio.create_task(self.play_pictures(camera))]

    async def publish(self, source, track):
        named = {"microphone": rtc.TrackSource.SOURCE_MICROPHONE, "camera": rtc.TrackSource.SOURCE_CAMERA}[source]
        await self.room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=named))
        self.tracks[source] = track

    async def play_tone(self, microphone):
        position = 0
        while True:
            samples = TONE[position : position + FRAME_SAMPLES] if self.is_speaking else SILENCE
            position = (position + FRAME_SAMPLES) % len(TONE)
            # Waits while its queue is full, and so keeps the pace.
            await microphone.capture_frame(rtc.AudioFrame(samples.tobytes(), SAMPLE_RATE_HZ, 1, FRAME_SAMPLES))

    async def play_pictures(self, camera):
        brightness = 0
        while True:
            # A changing picture: an encoder may leave out frames of one that stands still.
            brightness = (brightness + 8) % 200
            luma = bytes([16 + brightness]) * (WIDTH * HEIGHT)
            chroma = bytes([128]) * (WIDTH * HEIGHT // 2)
            camera.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.I420, luma + chroma))
            await asyncio.sleep(1 / FRAME_RATE_HZ)

    def mute(self, source, is_muted):
        track = self.tracks[source]
        track.mute() if is_muted else track.unmute()

    async def leave(self):
        for player in self.players:
            player.cancel()
        await self.room.disconnect()


async def perform(current, command):
    """Returns the participant after the command."""
    do = command["do"]
    if do == "join":
        joined = Participant()
        await joined.join(command["url"], command["token"])
        return joined
    if current is None:
        raise RuntimeError("not in a room")
    if do == "speak":
        current.is_speaking = command["on"]
    elif do == "mute":
        current.mute(command["source"], command["on"])
    elif do == "publishData":
        await current.room.local_participant.publish_data(command["text"], reliable=True, topic=command["topic"])
    elif do == "leave":
        await current.leave()
        return None
    else:
        raise RuntimeError(f"no such command: {do}")
    return current


async def main():
    current = None
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        command = json.loads(line)
        try:
            current = await perform(current, command)
            say(event="done", id=command["id"])
        except Exception as error:
            say(event="failed", id=command["id"], message=str(error))
    if current is not None:
        await current.leave()


asyncio.run(main())
