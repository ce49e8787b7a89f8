package opencv

/*
#include <dlfcn.h>
#include <stdlib.h>
#include "module/videocapture.h"

typedef const struct videocapture_module module;

static void module_set_up(module *m, int64_t most_pixels, int silence_opencv, int silence_glib) {
	m->set_up(most_pixels, silence_opencv, silence_glib);
}
static void *module_open(module *m, const char *name, int back_end, const int *parameters, size_t count) {
	return m->open(name, back_end, parameters, count);
}
static void module_close(module *m, void *video) { m->close(video); }
static int module_read(module *m, void *video, void *mat) { return m->read(video, mat); }
static double module_get(module *m, void *video, int property) { return m->get(video, property); }
static void module_set(module *m, void *video, int property, double value) { m->set(video, property, value); }
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"gocv.io/x/gocv"

	"av_capture/src/internal/media"
)

// moduleFile is the library with cv::VideoCapture, which the build installs where those of our
// messages are: the executable's run path and LD_LIBRARY_PATH name that folder.
const moduleFile = "libav_capture_opencv.so"

// module returns the library. The first call loads it, and all that it is linked with, which
// takes a tenth of a second; it is never unloaded.
var module = sync.OnceValues(func() (*C.module, error) {
	file, symbol := C.CString(moduleFile), C.CString(C.VIDEOCAPTURE_MODULE)
	defer C.free(unsafe.Pointer(file))
	defer C.free(unsafe.Pointer(symbol))
	library := C.dlopen(file, C.RTLD_NOW|C.RTLD_LOCAL)
	if library == nil {
		return nil, fmt.Errorf("OpenCV's video input does not load: %s: build the package anew, or source its workspace; is OpenCV installed? %w", C.GoString(C.dlerror()), media.ErrUnsupported)
	}
	m := (*C.module)(C.dlsym(library, symbol))
	if m == nil || m.size != C.sizeof_struct_videocapture_module {
		return nil, fmt.Errorf("%s is another build's: build the package anew: %w", moduleFile, media.ErrUnsupported)
	}
	C.module_set_up(m, media.MaxPixels, silence("OPENCV_LOG_LEVEL"), silence("G_MESSAGES_DEBUG"))
	return m, nil
})

// OpenCV, and FFmpeg and GStreamer inside it, write warnings to stderr, past the node's log.
// They stay silent unless their own variables ask for them. FFmpeg's is set here already, while
// the process has one thread; it is read when the first file is opened.
func init() {
	if os.Getenv("OPENCV_FFMPEG_LOGLEVEL") == "" && os.Getenv("OPENCV_FFMPEG_DEBUG") == "" {
		const quiet = "-8" // AV_LOG_QUIET
		// Setenv fails for names with = only.
		_ = os.Setenv("OPENCV_FFMPEG_LOGLEVEL", quiet)
	}
}

// silence returns 1 unless a variable is set.
func silence(variable string) C.int {
	if os.Getenv(variable) == "" {
		return 1
	}
	return 0
}

// backEnd is one of OpenCV's VideoCaptureAPIs.
type backEnd C.int

const (
	capV4L2      backEnd = 200
	capGStreamer backEnd = 1800
	capFFmpeg    backEnd = 1900
)

// property is one of OpenCV's VideoCaptureProperties.
type property C.int

const (
	propPosMsec    property = 0
	propWidth      property = 3
	propHeight     property = 4
	propFPS        property = 5
	propFourCC     property = 6
	propFormat     property = 8
	propConvertRGB property = 16
	// Only the FFmpeg back-end takes these, and only when it opens.
	propOpenTimeoutMsec property = 53
	propReadTimeoutMsec property = 54
)

// video is an open cv::VideoCapture. One thread at a time may use it; all of its methods block
// as OpenCV does.
type video struct {
	module *C.module
	handle unsafe.Pointer
}

// errNotOpened is all that OpenCV says of an input that it does not open.
var errNotOpened = errors.New("OpenCV does not open it")

// setting is a property with which an input is opened.
type setting struct {
	property property
	value    C.int
}

// newVideo opens an input with a back-end and settings. The error is
// errNotOpened, or says why the module does not load.
func newVideo(name string, with backEnd, settings ...setting) (*video, error) {
	m, err := module()
	if err != nil {
		return nil, err
	}
	input := C.CString(name)
	defer C.free(unsafe.Pointer(input))
	var pairs []C.int
	for _, s := range settings {
		pairs = append(pairs, C.int(s.property), s.value)
	}
	handle := C.module_open(m, input, C.int(with), unsafe.SliceData(pairs), C.size_t(len(pairs)))
	if handle == nil {
		return nil, errNotOpened
	}
	return &video{m, handle}, nil
}

func (v *video) close() {
	C.module_close(v.module, v.handle)
	v.handle = nil
}

// read reports whether the next image is in the matrix.
func (v *video) read(to *gocv.Mat) bool {
	return C.module_read(v.module, v.handle, unsafe.Pointer(to.Ptr())) != 0
}

func (v *video) get(p property) float64 { return float64(C.module_get(v.module, v.handle, C.int(p))) }

func (v *video) set(p property, value float64) {
	C.module_set(v.module, v.handle, C.int(p), C.double(value))
}

// codec returns the four characters of the format.
func (v *video) codec() string {
	code := uint32(int64(v.get(propFourCC)))
	return string([]byte{byte(code), byte(code >> 8), byte(code >> 16), byte(code >> 24)})
}

// setCodec asks for a format of four characters.
func (v *video) setCodec(code string) {
	v.set(propFourCC, float64(uint32(code[0])|uint32(code[1])<<8|uint32(code[2])<<16|uint32(code[3])<<24))
}
