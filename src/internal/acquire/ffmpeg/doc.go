// Package ffmpeg gets images and sound from an ffmpeg process: images from devices, protocols
// and filters that OpenCV lacks, and the sound of films.
//
// [New] makes a [Source]. Open starts the program with a list of arguments, without a
// shell: first the input, which is the user's own or the device that video_device names,
// then the output:
//
//	-map 0:v:0 -c:v rawvideo -pix_fmt bgr24 -enc_time_base 1:1000000 -f nut pipe:1
//
// or with pixel_format mjpeg, which leaves the camera's JPEG as it is,
//
//	-map 0:v:0 -c:v copy -f nut pipe:1
//
// [NewSound] makes a [Sound], which opens a file itself and hands it to ffmpeg, with the output
//
//	-map 0:a:0 -af aresample=async=1000… -c:a pcm_s16le -f nut pipe:1
//
// # Why NUT
//
// Raw video on a pipe lacks the size of its images: its reader relies on a line of text
// that ffmpeg writes for people, and an input of another size shears all images from there
// on. Worse, for a container without times ffmpeg repeats and drops images until their rate
// is constant. NUT has the size, rate, limits and time of each image, and ffmpeg leaves the
// images alone. Its packets are the bytes of raw video. Of sound it has rate, channels and the
// time of the first audio frame, by which a film's sound is in step with its images.
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
// error if it ends. What kind of error that is follows from its exit status, which is a code of
// FFmpeg's libraries since 6.1, and before from the text of that code.
package ffmpeg
