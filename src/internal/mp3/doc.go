// Package mp3 encodes and decodes sound as MP3, by ffmpeg as a process of its own, while it
// comes. ISO/IEC 11172-3 and 13818-3 define it.
package mp3
