#ifndef AV_CAPTURE_OPENCV_LOG_H
#define AV_CAPTURE_OPENCV_LOG_H

#ifdef __cplusplus
extern "C" {
#endif

// silence_opencv ends OpenCV's own messages on stderr.
void silence_opencv(void);

// silence_glib ends those of GLib, on which GStreamer is built, where it is loaded.
void silence_glib(void);

#ifdef __cplusplus
}
#endif

#endif
