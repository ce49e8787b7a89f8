// Package view shares topics among viewers, the pages of av_view in browsers.
//
// A [Hub] has a [Feed] for each topic that at least one [Viewer] shows, and none for others.
// A feed hands each picture and each block of sound to its viewers and waits for none of
// them: a viewer that is too slow misses pictures and sound, and counts them by the numbers
// that they carry. What a viewer has not yet taken is bounded.
//
// The package knows neither ROS nor HTTP: package topics makes the feeds, package server
// serves the viewers.
package view
