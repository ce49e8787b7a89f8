package opencv

/*
#include "limit.h"
*/
import "C"

import "av_capture/src/internal/media"

func init() { C.limit_pixels(media.MaxPixels) }
