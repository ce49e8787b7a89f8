package dsp

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// transform is a discrete Fourier transform of real numbers, like [fourier.FFT].
// Coefficients fills dst with size/2 + 1 coefficients, and allocates nothing unless dst is
// nil.
type transform interface {
	Coefficients(dst []complex128, seq []float64) []complex128
}

// largestFactor is the largest prime factor of a size for which gonum's own transform is
// faster than chirp. gonum's cost grows with that factor.
const largestFactor = 128

// newTransform returns the transform for sequences of n numbers.
func newTransform(n int) transform {
	if primeFactor(n) > largestFactor {
		return newChirp(n)
	}
	return fourier.NewFFT(n)
}

// primeFactor returns the largest prime factor of n, 1 for 1.
func primeFactor(n int) int {
	largest := 1
	for p := 2; p*p <= n; p++ {
		for n%p == 0 {
			largest, n = p, n/p
		}
	}
	return max(largest, n)
}

// chirp transforms sequences whose size has a large prime factor in n·log n steps instead
// of n². With w[k] = exp(−iπk²/n) the transform is a convolution,
//
//	X[k] = w[k] · Σ x[m]·w[m] · conj w[k−m]
//
// which transforms of a larger size with small prime factors compute (L. I. Bluestein, "A
// linear filtering approach to the computation of discrete Fourier transform", 1970).
type chirp struct {
	size   int
	fft    *fourier.CmplxFFT
	w      []complex128
	filter []complex128 // transform of conj w, around zero, divided by the transform's length
	work   []complex128
}

func newChirp(n int) *chirp {
	length := 2*n - 1
	for primeFactor(length) > 5 {
		length++
	}
	c := &chirp{
		size:   n,
		fft:    fourier.NewCmplxFFT(length),
		w:      make([]complex128, n),
		filter: make([]complex128, length),
		work:   make([]complex128, length),
	}
	for k := range c.w {
		// exp(−iπk²/n) has the period 2n in k²: the reduction is exact.
		turns := float64(uint64(k)*uint64(k)%uint64(2*n)) / float64(2*n)
		sin, cos := math.Sincos(-2 * math.Pi * turns)
		c.w[k] = complex(cos, sin)
		back := complex(cos/float64(length), -sin/float64(length))
		c.filter[k] = back
		c.filter[(length-k)%length] = back
	}
	c.fft.Coefficients(c.filter, c.filter)
	return c
}

func (c *chirp) Coefficients(dst []complex128, seq []float64) []complex128 {
	if dst == nil {
		dst = make([]complex128, c.size/2+1)
	}
	for m, x := range seq {
		c.work[m] = c.w[m] * complex(x, 0)
	}
	clear(c.work[c.size:])
	c.fft.Coefficients(c.work, c.work)
	for i, f := range c.filter {
		c.work[i] *= f
	}
	c.fft.Sequence(c.work, c.work)
	for k := range dst {
		dst[k] = c.w[k] * c.work[k]
	}
	return dst
}
