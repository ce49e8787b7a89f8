// Package accessunit knows the access units of H.264 and H.265 video: the bytes of one image
// each, as cameras, encoders and ROS messages have them.
//
// A unit is a sequence of NAL units, each behind a start code (Annex B of Rec. ITU-T H.264 and
// of H.265). A decoder begins at a key frame, and needs the parameter sets before it.
package accessunit
