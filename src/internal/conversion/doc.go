// Package conversion converts the channels, the sample rate and the sample format of
// sound.
//
// miniaudio's own converter is not used: it is wrong for several channels (0.11.24 of
// malgo divides a signed sum by an unsigned number), and its rate conversion interpolates
// linearly: between 44.1 and 48 kHz THD+N is -63 dB at 1 kHz and -28 dB at 7 kHz, for
// every order of its filter.
//
// A [Converter] computes in float64, which holds every sample of every format exactly. It
// chooses or averages channels, then converts the rate, and rounds each sample once, at
// the end, half to even. It does not dither.
//
// Converters run on a sound system's real-time thread: after New they neither allocate,
// lock nor block, and the work for an audio frame is bounded.
package conversion
