#ifndef AV_CAPTURE_OPENCV_LIMIT_H
#define AV_CAPTURE_OPENCV_LIMIT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// limit_pixels bounds the images that FFmpeg's decoders make in this process from now on.
void limit_pixels(int64_t most);

#ifdef __cplusplus
}
#endif

#endif
