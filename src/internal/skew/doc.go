// Package skew measures by how much the stamps of images and of sound differ, from events
// that are seen and heard at one time: a flash with a click, or a hand clap.
//
// [Light] and [Motion] reduce an image to a number; [FlashDetector] and [ClapDetector] find
// the events in these numbers, [ClickDetector] those in the sound. [Pairer] joins what
// belongs together, and [Summarize] computes the statistics. The package is independent of
// ROS; a time is a stamp, as the duration since ROS's epoch.
//
// # Resolution
//
// The onset of a click is exact to a sample. An image shows the light of its exposure, which
// is taken to begin at its stamp and to last up to the next one: when the light comes on
// during an exposure, the image's share of the full light tells when. Where exposures are
// shorter than the period, light that comes on between two of them is dated to the later
// one: too late by up to the period less the exposure, half of that on average. A flash of a
// single image is dated to that image's stamp. A clap is dated to about half a period.
package skew
