// Package middleware readies the ROS middleware for images, before ROS starts.
//
// Fast DDS, the middleware of most ROS 2 distributions, moves messages between
// processes of one machine through a segment of shared memory that belongs to
// the publisher. By default it has 512 KiB, less than one image of 640x480, so
// that images are lost (best effort) or sent again (reliable). A profile in XML
// gives it a larger one; [Prepare] has Fast DDS read the package's own,
// config/fastdds.xml, unless the user has chosen otherwise.
//
// # Copies
//
// From the pixels of an image to a subscriber's message in another process,
// Fast DDS 2.14.5 copies five times (counted at memcpy and memmove, with 640x480 and 1920x1080):
//
//	serialize    pixels → payload in the writer's history     the whole image
//	fragment     payload → RTPS message                       64 KB at a time
//	send         RTPS message → shared memory                 64 KB at a time
//	reassemble   shared memory → payload in the reader's      64 KB at a time
//	deserialize  payload → the subscriber's message           the whole image
//
// A driver in C++ has one more before them, from its frame into a message. The
// second stays in a processor's cache. There is no way around the five:
// data sharing and loaned messages want types of bounded size, which an image is
// not; publishing a message that is serialized already copies it into the payload
// all the same; and a fragment's size has 16 bits in RTPS. An image goes in one
// piece if no transport of the participant has a limit below it, so without UDP;
// that cost more (CPU of publishing 1.20 of what fragments cost, median of six
// rounds in turns, 1.00 to 1.71), as then no copy stays in the cache. This is why
// maxMessageSize is left alone.
//
// Nothing here calls ROS: all goes by environment variables, which Fast DDS
// reads when the first node of a process is made. By then it has to be loaded,
// which [av_capture/src/internal/rclext.Middleware] does.
package middleware
