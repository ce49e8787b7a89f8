// Package video makes images to live H.264 or H.265 and back, by the program ffmpeg:
// [Encoder] takes images and gives access units, [Decoder] takes access units and gives
// images.
//
// What comes out is matched to what went in by its time, to the microsecond, so that each
// image keeps what belongs to it, such as its stamp. What does not come out is counted.
//
// Put waits while ffmpeg is busy, so that no more than some images are under way; callers
// drop what they cannot wait for before it. A process that fails, or gives nothing for long,
// is an error of Put, which starts the next one after a pause.
package video
