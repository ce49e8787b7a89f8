package camera

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/message/plain"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/nodetest"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// These benchmarks measure publishing to a reader in another process, one image at a
// time. The environment sets the transport, as for every node
// (FASTRTPS_DEFAULT_PROFILES_FILE; tools/bench.sh sets ours).

// sizes are those of the growth over size.
var sizes = []struct{ width, height int }{{320, 240}, {640, 480}, {1280, 720}, {1920, 1080}, {3840, 2160}}

// processorTime returns the CPU time of all threads of this process.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// cost holds the times that publishing each of some images took.
type cost struct{ wall, processor []time.Duration }

// newCost has room for more images than are ever published, so that the
// benchmark itself allocates nothing.
func newCost() *cost {
	const room = 1 << 17
	return &cost{make([]time.Duration, 0, room), make([]time.Duration, 0, room)}
}

// add publishes one image and waits until the reader has it.
func (c *cost) add(publish func(), r *nodetest.Reader) {
	processor, start := processorTime(), time.Now()
	publish()
	c.wall = append(c.wall, time.Since(start))
	r.Wait()
	c.processor = append(c.processor, processorTime()-processor)
}

// BenchmarkAgainstPlainTypeSupport publishes in turns by the camera, from the
// source on, and by a generated binding's way. It reports medians: publish() of
// both [ms], the quotient of the two, and the CPU time of both [s per 1000
// images].
func BenchmarkAgainstPlainTypeSupport(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(b *testing.B) {
			camera, emit := newStillCamera(b)
			img := nodetest.ImageOf(b, size.width, size.height, "bgr8")
			plainNode, err := nodetest.NewContext(b).NewNode("plain", "")
			if err != nil {
				b.Fatal(err)
			}
			publisher, err := plainNode.NewPublisher("/plain/image_raw", sensor_msgs_msg.ImageTypeSupport, &rclgo.PublisherOptions{Qos: nodetest.Reliable(node.ImageDepth)})
			if err != nil {
				b.Fatal(err)
			}
			generated := &plain.Image{}
			generated.Header.FrameId = "camera"
			generated.Width, generated.Height = uint32(img.Width), uint32(img.Height)
			generated.Step, generated.Encoding, generated.Data = uint32(img.Step), img.Encoding, img.Data

			r := nodetest.NewReader(b, "/camera/image_raw", "/plain/image_raw")
			nodetest.Eventually(b, "the reader", func() bool {
				ours := camera.raw.wanted()
				theirs, err := publisher.GetSubscriptionCount()
				return err == nil && ours && theirs > 0
			})
			ours, theirs := newCost(), newCost()
			pair := func() {
				ours.add(func() {
					nodetest.Next(img)
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
			b.ReportMetric(1000*nodetest.Median(ours.wall), "ours-ms")
			b.ReportMetric(1000*nodetest.Median(theirs.wall), "plain-ms")
			b.ReportMetric(nodetest.Median(ours.wall)/nodetest.Median(theirs.wall), "ours/plain")
			b.ReportMetric(1000*nodetest.Median(ours.processor), "ours-cpu-s/1000")
			b.ReportMetric(1000*nodetest.Median(theirs.processor), "plain-cpu-s/1000")
		})
	}
}

// outputOf returns the topic on which images of an encoding go out as they are.
func outputOf(camera *Node, encoding string) (topic string, o imageOutput) {
	if encoding == media.JPEG {
		return "/camera/image_raw/compressed", camera.compressed
	}
	return "/camera/image_raw", camera.raw
}

// BenchmarkFormat publishes images of each pixel_format from the source to the
// end of publish(), mjpeg on ~/image_raw/compressed. Time and allocations are
// those of this process alone. The cost of getting the encoding is
// measured with the sources.
func BenchmarkFormat(b *testing.B) {
	for _, encoding := range []string{"bgr8", "rgb8", "mono8", "yuv422_yuy2", "uyvy", media.JPEG} {
		for _, size := range []struct{ width, height int }{{640, 480}, {1920, 1080}} {
			b.Run(fmt.Sprintf("%s/%dx%d", encoding, size.width, size.height), func(b *testing.B) {
				camera, emit := newStillCamera(b)
				img := nodetest.ImageOf(b, size.width, size.height, encoding)
				topic, output := outputOf(camera, encoding)
				r := nodetest.NewReader(b, topic)
				nodetest.Eventually(b, "the reader", output.wanted)
				c := newCost()
				b.ReportAllocs()
				for b.Loop() {
					c.add(func() {
						nodetest.Next(img)
						emit(img)
					}, r)
				}
				b.ReportMetric(1e9*nodetest.Median(c.wall), "ns/op") // without the reader's part
				b.ReportMetric(float64(len(img.Data))/1e6, "MB")
			})
		}
	}
}
