"""Makes tone.ogg and camera.ivf, which the client loops: one second of 440 Hz, two of a moving box.

Needs PyAV and numpy (pip install av numpy); run it in this folder.
"""

import av
import numpy

SAMPLE_RATE_HZ = 48_000
FRAME_SAMPLES = 960
WIDTH, HEIGHT, FRAME_RATE_HZ = 320, 180, 15


def write_tone():
    # A page for each frame of 20 ms, because the client takes the file apart by pages.
    with av.open("tone.ogg", "w", options={"page_duration": "20000"}) as file:
        stream = file.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout="mono")
        stream.bit_rate = 24_000
        stream.options = {"frame_duration": "20", "vbr": "off"}
        time = numpy.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
        samples = (0.3 * 32767 * numpy.sin(2 * numpy.pi * 440 * time)).astype(numpy.int16)
        for start in range(0, SAMPLE_RATE_HZ, FRAME_SAMPLES):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + FRAME_SAMPLES], format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.pts = start
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def write_camera():
    with av.open("camera.ivf", "w") as file:
        stream = file.add_stream("libvpx", rate=FRAME_RATE_HZ)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = 60_000
        # A key frame each second, for whoever subscribes late.
        stream.gop_size = FRAME_RATE_HZ
        stream.options = {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "0"}
        for number in range(2 * FRAME_RATE_HZ):
            picture = numpy.zeros((HEIGHT, WIDTH, 3), numpy.uint8)
            picture[..., 1] = 60
            picture[60:120, number * 9 : number * 9 + 48] = (230, 200, 40)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode(None))


write_tone()
write_camera()
