// Package timing has the sources' use of time: when the images of a file are due
// ([Presentation]), and the audio frames of a source without a sound card ([Pace]); which
// images are dropped for a lower rate ([Decimator]); how many a device lost ([GapCounter]);
// and whether a driver's stamp can be right ([Stamper]).
package timing
