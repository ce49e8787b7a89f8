package node

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/message/plain"
	"av_capture/src/msgs/sensor_msgs/msg"
)

// What follows measures publishing to a reader in another process, one image at
// a time. On which transport it goes the environment says, as for every node
// (FASTRTPS_DEFAULT_PROFILES_FILE; tools/bench.sh sets ours).

// sizes are those of the growth over size.
var sizes = []struct{ width, height int }{{320, 240}, {640, 480}, {1280, 720}, {1920, 1080}, {3840, 2160}}

// imageOf returns an image in pinned memory.
func imageOf(t testing.TB, width, height int, encoding string) *acquire.Image {
	img := &acquire.Image{Width: width, Height: height, Step: bytesPerPixel[encoding] * width, Encoding: encoding}
	if encoding == acquire.JPEG {
		var file bytes.Buffer
		if err := jpeg.Encode(&file, image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420), nil); err != nil {
			t.Fatal(err)
		}
		img.Data = file.Bytes()
	} else {
		img.Data = make([]byte, img.Step*height)
	}
	for i := range img.Step * height {
		img.Data[i] = byte(i * 31 >> 3)
	}
	var pinner runtime.Pinner
	pinner.Pin(&img.Data[0])
	t.Cleanup(pinner.Unpin)
	return img
}

var bytesPerPixel = map[string]int{"bgr8": 3, "rgb8": 3, "mono8": 1, "yuv422_yuy2": 2, "uyvy": 2}

// processorTime returns the CPU time of all threads of this process.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// cost is what publishing each of some images took.
type cost struct{ wall, processor []time.Duration }

// newCost has room for more images than are ever published, so that the
// benchmark itself allocates nothing.
func newCost() *cost {
	const room = 1 << 17
	return &cost{make([]time.Duration, 0, room), make([]time.Duration, 0, room)}
}

// add publishes one image and waits until the reader has it.
func (c *cost) add(publish func(), r *reader) {
	processor, start := processorTime(), time.Now()
	publish()
	c.wall = append(c.wall, time.Since(start))
	r.wait()
	c.processor = append(c.processor, processorTime()-processor)
}

// median returns the median [s].
func median(values []time.Duration) float64 {
	slices.Sort(values)
	return values[len(values)/2].Seconds()
}

// BenchmarkAgainstPlainTypeSupport publishes in turns by the camera, from the
// source on, and by a generated binding's way. It reports medians: publish() of
// both [ms], the quotient of the two, and the CPU time of both [s per 1000
// images].
func BenchmarkAgainstPlainTypeSupport(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(b *testing.B) {
			camera, emit := newStillCamera(b)
			img := imageOf(b, size.width, size.height, "bgr8")
			node, err := newContext(b).NewNode("plain", "")
			if err != nil {
				b.Fatal(err)
			}
			publisher, err := node.NewPublisher("/plain/image_raw", sensor_msgs_msg.ImageTypeSupport, publisherOptions(imageDepth))
			if err != nil {
				b.Fatal(err)
			}
			generated := &plain.Image{}
			generated.Header.FrameId = "camera"
			generated.Width, generated.Height = uint32(img.Width), uint32(img.Height)
			generated.Step, generated.Encoding, generated.Data = uint32(img.Step), img.Encoding, img.Data

			r := newReader(b, "/camera/image_raw", "/plain/image_raw")
			eventually(b, "the reader", func() bool {
				ours, err1 := camera.raw.GetSubscriptionCount()
				theirs, err2 := publisher.GetSubscriptionCount()
				return err1 == nil && err2 == nil && ours > 0 && theirs > 0
			})
			ours, theirs := newCost(), newCost()
			pair := func() {
				ours.add(func() {
					next(img)
					emit(img)
				}, r)
				theirs.add(func() {
					if err := publisher.Publish(generated); err != nil {
						b.Fatal(err)
					}
				}, r)
			}
			for range 20 { // until memory is there that images take again and again
				pair()
			}
			ours, theirs = newCost(), newCost()
			for b.Loop() {
				pair()
			}
			for len(ours.wall) < 100 { // or a median says little
				pair()
			}
			b.ReportMetric(0, "ns/op") // of both together, it says nothing
			b.ReportMetric(1000*median(ours.wall), "ours-ms")
			b.ReportMetric(1000*median(theirs.wall), "plain-ms")
			b.ReportMetric(median(ours.wall)/median(theirs.wall), "ours/plain")
			b.ReportMetric(1000*median(ours.processor), "ours-cpu-s/1000")
			b.ReportMetric(1000*median(theirs.processor), "plain-cpu-s/1000")
		})
	}
}

// outletOf returns the topic on which images of an encoding go out as they are.
func outletOf(camera *Camera, encoding string) (topic string, o *outlet) {
	if encoding == acquire.JPEG {
		return "/camera/image_raw/compressed", &camera.compressed.outlet
	}
	return "/camera/image_raw", &camera.raw.outlet
}

// BenchmarkFormat publishes images of each pixel_format from the source to the
// end of publish(), mjpeg on ~/image_raw/compressed. Time and allocations are
// those of this process alone. What a source does to get the encoding is
// measured where it does it.
func BenchmarkFormat(b *testing.B) {
	for _, encoding := range []string{"bgr8", "rgb8", "mono8", "yuv422_yuy2", "uyvy", acquire.JPEG} {
		for _, size := range []struct{ width, height int }{{640, 480}, {1920, 1080}} {
			b.Run(fmt.Sprintf("%s/%dx%d", encoding, size.width, size.height), func(b *testing.B) {
				camera, emit := newStillCamera(b)
				img := imageOf(b, size.width, size.height, encoding)
				topic, outlet := outletOf(camera, encoding)
				r := newReader(b, topic)
				eventually(b, "the reader", outlet.wanted)
				c := newCost()
				b.ReportAllocs()
				for b.Loop() {
					c.add(func() {
						next(img)
						emit(img)
					}, r)
				}
				b.ReportMetric(1e9*median(c.wall), "ns/op") // without the reader's part
				b.ReportMetric(float64(len(img.Data))/1e6, "MB")
			})
		}
	}
}
