"""A pipeline of GStreamer is a camera, as cv::VideoCapture opens it."""

from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import camera
import numpy as np
from sensor_msgs.msg import Image

WIDTH, HEIGHT = 642, 48  # rows of no multiple of 4 bytes


def pipeline(caps, width=WIDTH):
    """Return a pipeline that shows upright bars, white the first and blue the last."""
    return (f"'videotestsrc pattern=smpte100 is-live=true ! video/x-raw,{caps},width={width},"
            f"height={HEIGHT},framerate=30/1 ! appsink'")


def test_images_of_a_pipeline_arrive(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='opencv', video_device=pipeline('format=BGR'), pixel_format='rgb8'))
    images = inbox.wait(10, process)
    process.wait_for_line(rf'capturing from a GStreamer pipeline.*{WIDTH}x{HEIGHT}, rgb8, 30 im')
    for image in images:
        got = pixels(image)
        assert got.shape == (HEIGHT, WIDTH, 3) and image.encoding == 'rgb8'
        assert (got == got[0]).all(), 'the bars are not upright'
        # 100 % bars, by way of YUV.
        assert np.abs(got[0, [0, -1]].astype(int) - [(255, 255, 255), (0, 0, 255)]).max() <= 3
    stamps = [nanoseconds(image.header.stamp) for image in images]
    assert stamps == sorted(set(stamps))

    # Another one could do anything; it can be left, and is taken again.
    client = ParameterClient(listener, '/camera', process)
    client.refuse('is not the pipeline that the node started with',
                  video_device=pipeline('format=GRAY8', 320)[1:-1], pixel_format='mono8')
    client.change(source='synthetic', video_device='/dev/video0', image_width=320)
    inbox.wait_until(lambda images: images[-1].width == 320, process, 'synthetic images')
    client.change(source='opencv', video_device=pipeline('format=BGR')[1:-1])
    inbox.wait_until(lambda images: images[-1].width == WIDTH, process, 'the pipeline again')


def test_grey_images_of_a_pipeline_arrive(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='opencv', video_device=pipeline('format=GRAY8', 320), pixel_format='mono8'))
    image = inbox.wait(3, process)[-1]
    assert (image.width, image.encoding) == (320, 'mono8')


def test_a_pipeline_that_does_not_start_is_told_of(av_capture):
    process = av_capture(*camera(source='opencv', video_device="'no-such-element ! appsink'"))
    process.wait_for_line('ERROR.*gst-launch')
