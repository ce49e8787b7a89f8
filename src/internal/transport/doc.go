// Package transport readies the ROS middleware for images, before ROS starts.
//
// Fast DDS, the middleware of most ROS 2 distributions, moves messages between
// processes of one machine through a segment of shared memory that belongs to
// the publisher. By default it has 512 KiB, less than one image of 640x480, so
// that images are lost (best effort) or sent again (reliable). A profile in XML
// gives it a larger one; [Prepare] has Fast DDS read the package's own,
// config/fastdds.xml, unless the user has chosen otherwise.
//
// Nothing here calls ROS: all goes by environment variables, which Fast DDS
// reads when the first node of a process is made.
package transport
