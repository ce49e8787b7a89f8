package v4l2

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
)

// processorTime returns the CPU time of this process.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkVividCapture reports the CPU time from the driver's queue to emit, for each
// image, on the camera that AV_CAPTURE_TEST_CAMERA names, or on vivid.
func BenchmarkVividCapture(b *testing.B) {
	if os.Getenv("AV_CAPTURE_TEST_DEVICES") != "virtual" {
		b.Skip("needs the virtual camera of tools/devices.sh")
	}
	formats := []struct{ format, encoding string }{{"YUYV", "yuv422_yuy2"}, {"YUYV", "bgr8"}}
	device := os.Getenv("AV_CAPTURE_TEST_CAMERA")
	if device != "" {
		formats = []struct{ format, encoding string }{{"MJPG", media.JPEG}, {"MJPG", "bgr8"}}
	}
	for _, size := range [][2]int{{640, 480}, {1920, 1080}} {
		for _, f := range formats {
			b.Run(fmt.Sprintf("%s-%s/%dx%d", f.format, f.encoding, size[0], size[1]), func(b *testing.B) {
				config := vivid(f.encoding, size[0], size[1], 60)
				if device != "" {
					config.Device = device
				}
				source := New(config)
				source.formats = func(all []Format) []Format {
					for _, each := range all {
						if each.FourCC == fourCC(f.format) {
							return []Format{each}
						}
					}
					return nil
				}
				checked := acquire.Check(source)
				if _, err := checked.Open(b.Context()); err != nil {
					b.Skip(err) // the writer of the other camera has one size
				}
				defer checked.Close()
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				images := 0
				var before time.Duration
				var sum byte
				if err := checked.Run(ctx, func(image *media.Image) {
					if images == 0 {
						before = processorTime(b)
					}
					sum += image.Data[len(image.Data)/2]
					if images++; images > b.N {
						cancel()
					}
				}); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(images-1), "cpu-µs/image")
			})
		}
	}
}
