// Package dsp computes levels, spectra and spectrograms of sound.
//
// [Decode] scales samples to [−1, 1): the full scale (FS) of the encoding is 1. A sine of
// full scale has the amplitude 1.0, the peak level 0 dBFS and the RMS level −3.01 dBFS.
//
// # Windows
//
// [Window] names the window functions of gonum.org/v1/gonum/dsp/window. gonum computes
// the symmetric form, for filters: the first sample equals the last one. Spectra need the
// periodic form (DFT-even): the symmetric window of one more sample, without its last one.
// A cosine-sum window of K terms then has exact zeros from K bins beside its centre on: a
// sine on a bin's centre leaks no further. scipy.signal.get_window has the same default.
//
//	name              gonum            terms K  scipy's name
//	rectangular       Rectangular      1        boxcar
//	hann              Hann             2        hann
//	hamming           Hamming          2        hamming
//	blackman          Blackman         3        blackman
//	blackman_harris   BlackmanHarris   4        blackmanharris
//	blackman_nuttall  BlackmanNuttall  4        nuttall
//	nuttall           Nuttall          4        general_cosine([0.355768, 0.487396, 0.144232, 0.012604])
//	flat_top          FlatTop          5        flattop
//
// gonum's other windows (Triangular, Lanczos, …) are missing since they are no sums of
// cosines: every sine leaks into every bin, so that even one on a bin's centre does not
// read its amplitude.
//
// # Scalings
//
// X[k] is the transform of the windowed samples w[n]·x[n]. c = 2, for the mirror image of
// a bin; c = 1 at zero frequency and, for an even window size N, at half the sample rate,
// which have none:
//
//	AMPLITUDE  c·|X[k]| / Σw            [FS]     a sine of amplitude A on a bin's centre reads A
//	POWER      AMPLITUDE²               [FS²]
//	DENSITY    c·|X[k]|² / (fs·Σw²)     [FS²/Hz] the sum over all bins times fs/N is the mean square of w·x, relative to w's
//	DECIBEL    20·log10 AMPLITUDE       [dBFS]   not below [FloorDecibels]
//
// G. Heinzel, A. Rüdiger, R. Schilling, "Spectrum and spectral density
// estimation by the Discrete Fourier transform (DFT), including a comprehensive
// list of window functions and some new flat-top windows" (2002), equations 23
// and 24, is the source, with S₁ = Σw and S₂ = Σw². Its power spectrum is that of RMS
// values: half of POWER.
//
// [Spectrum.Mean] averages |X[k]|² over several windows.
//
// The same numbers by scipy, with detrend=False where a function has it:
//
//	DENSITY    scipy.signal.welch, periodogram(scaling="density")
//	POWER      twice welch, periodogram(scaling="spectrum") where c = 2, the same where c = 1
//	AMPLITUDE  c times spectrogram(mode="magnitude", scaling="spectrum")
//
// A constant of 1.0 reads 1.0 at zero frequency. A sine closer than K bins to zero or to
// half the sample rate overlaps with its own mirror image: its reading depends on its
// phase, for every window but the rectangular one.
package dsp
