// libav_capture_opencv.so: cv::VideoCapture for package opencv, which loads it with the first
// source that needs it. OpenCV's videoio brings over 200 libraries, those of FFmpeg and
// GStreamer, and tens of MB; a process without such a source does without.
#ifndef AV_CAPTURE_OPENCV_VIDEOCAPTURE_H
#define AV_CAPTURE_OPENCV_VIDEOCAPTURE_H

#include <stddef.h>
#include <stdint.h>

// The name under which the module exports its struct videocapture_module.
#define VIDEOCAPTURE_MODULE "av_capture_opencv"

// videocapture_module holds functions that any thread may call, each video on one thread at
// a time. A video is a cv::VideoCapture, a mat a cv::Mat. All may block as OpenCV does.
struct videocapture_module {
	size_t size; // of this struct, which another build's module may have otherwise

	// set_up bounds the images that FFmpeg's decoders make in this process from now on,
	// and silences OpenCV and GLib on stderr.
	void (*set_up)(int64_t most_pixels, int silence_opencv, int silence_glib);

	// open returns a video, or NULL if it does not open. parameters are pairs of a property
	// and its value.
	void *(*open)(const char *name, int back_end, const int *parameters, size_t count);
	void (*close)(void *video);

	// read returns whether mat holds a next image.
	int (*read)(void *video, void *mat);
	double (*get)(void *video, int property);
	void (*set)(void *video, int property, double value);
};

#endif
