// Package ffmpeg gets images from an ffmpeg process: from the devices, protocols
// and filters that it knows and OpenCV does not.
//
// [New] makes a [Source]. Open starts the program with a list of arguments, no
// shell in between: first the input, which is the user's or the device that
// video_device names, then what makes images of it:
//
//	-map 0:v:0 -c:v rawvideo -pix_fmt bgr24 -enc_time_base -1 -f nut pipe:1
//
// or with pixel_format mjpeg, which leaves the camera's JPEG as it is,
//
//	-map 0:v:0 -c:v copy -f nut pipe:1
//
// # Why NUT
//
// Raw video on a pipe does not say how large its images are: who reads it relies
// on a line of text that ffmpeg writes for people, and an input whose size is
// another one shears all images from there on. Worse, for a container without
// times ffmpeg repeats and drops images until their rate is constant. NUT says
// size, rate, limits and time of each image, and ffmpeg leaves the images alone.
// Its packets are the bytes of the images as they would be without it.
//
// # Memory
//
// Images are read from the pipe straight into memory that lies outside of Go's
// heap, and are emitted from there. Nothing is allocated per image.
//
// # The process
//
// It runs in a process group of its own, which ends with Close, with the process
// (a pipe that ffmpeg feeds, a helper that it started) and with ours, however
// that ends. What it writes to its standard error goes to [Config.Notice], each
// message once, and the last lines into the error if it ends.
package ffmpeg
