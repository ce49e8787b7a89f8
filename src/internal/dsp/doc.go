// Package dsp turns sound into numbers: samples, levels, spectra.
//
// Samples as numbers lie in [−1, 1): the full scale (FS) of the encoding is 1,
// and [Decode] is the one place that says so. A sine of full scale has the
// amplitude 1.0, the peak level 0 dBFS and the RMS level −3.01 dBFS.
//
// # Windows
//
// [Window] names the window functions. The samples of each are those of
// gonum.org/v1/gonum/dsp/window, which gives the symmetric form, as filters
// want it (the first sample equals the last). A spectrum wants the periodic
// form, also called DFT-even: the symmetric window that is one longer, without
// its last sample. A cosine-sum window of K terms then has exact zeros K bins
// from its centre on, so that a sine on a bin's centre leaks nowhere else.
// scipy.signal.get_window gives the same form by default.
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
// gonum has more, which are no sums of cosines (Triangular, Lanczos, …): they
// leak from every sine into every bin, so that even a sine on a bin's centre
// would not read its amplitude.
//
// # Scalings
//
// With X[k] the transform of the windowed samples w[n]·x[n], and c = 2 but
// c = 1 at zero frequency and, for an even window size N, at half the sample
// rate, whose bins have no mirror image:
//
//	AMPLITUDE  c·|X[k]| / Σw            [FS]     a sine of amplitude A on a bin's centre reads A
//	POWER      AMPLITUDE²               [FS²]
//	DENSITY    c·|X[k]|² / (fs·Σw²)     [FS²/Hz] the sum over all bins times fs/N is the mean square of w·x, relative to w's
//	DECIBEL    20·log10 AMPLITUDE       [dBFS]   not below [FloorDecibels]
//
// G. Heinzel, A. Rüdiger, R. Schilling, "Spectrum and spectral density
// estimation by the Discrete Fourier transform (DFT), including a comprehensive
// list of window functions and some new flat-top windows" (2002), equations 23
// and 24, gives these, with S₁ = Σw and S₂ = Σw². Its power spectrum is that of
// RMS values: half of POWER.
//
// Averaged over several windows ([Spectrum.Mean]), |X[k]|² is their mean.
//
// scipy's functions give, with detrend=False where they have it:
//
//	DENSITY    scipy.signal.welch, periodogram(scaling="density")
//	POWER      twice welch, periodogram(scaling="spectrum") where c = 2, the same where c = 1
//	AMPLITUDE  c times spectrogram(mode="magnitude", scaling="spectrum")
//
// A constant of 1.0 reads 1.0 at zero frequency. A sine closer than K bins to
// zero or to half the sample rate overlaps with its own mirror image: what it
// reads there depends on its phase, for every window but the rectangular one.
package dsp
