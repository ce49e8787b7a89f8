// Package ffmpeg gets images from an ffmpeg process: from devices, protocols and filters
// that OpenCV lacks.
//
// [New] makes a [Source]. Open starts the program with a list of arguments, without a
// shell: first the input, which is the user's own or the device that video_device names,
// then the output:
//
//	-map 0:v:0 -c:v rawvideo -pix_fmt bgr24 -enc_time_base -1 -f nut pipe:1
//
// or with pixel_format mjpeg, which leaves the camera's JPEG as it is,
//
//	-map 0:v:0 -c:v copy -f nut pipe:1
//
// # Why NUT
//
// Raw video on a pipe lacks the size of its images: its reader relies on a line of text
// that ffmpeg writes for people, and an input of another size shears all images from there
// on. Worse, for a container without times ffmpeg repeats and drops images until their rate
// is constant. NUT has the size, rate, limits and time of each image, and ffmpeg leaves the
// images alone. Its packets are the bytes of raw video.
//
// # Memory
//
// Images are read from the pipe straight into memory that lies outside of Go's
// heap, and are emitted from there. Nothing is allocated per image.
//
// # The process
//
// It ends with Close, with ffmpeg itself, and with our process, however that ends: see package
// ffmpegprocess. Its messages go to [Config.Notice], each once, and the last lines into the
// error if it ends.
package ffmpeg
