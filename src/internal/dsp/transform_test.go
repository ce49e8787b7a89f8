package dsp

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/dsp/fourier"
)

func random(n int) []float64 {
	rng := rand.New(rand.NewPCG(uint64(n), 0))
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

// direct is a coefficient by its definition.
func direct(x []float64, k int) (sum complex128) {
	for m, v := range x {
		sin, cos := math.Sincos(-2 * math.Pi * float64(m*k%len(x)) / float64(len(x)))
		sum += complex(v*cos, v*sin)
	}
	return sum
}

// TestTransformsFollowTheirDefinition compares both kinds of transforms, on sizes of all
// kinds. gonum's own loses digits with the largest prime factor: one at 127, but
// six at 4099.
func TestTransformsFollowTheirDefinition(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 7, 100, 127, 131, 254, 1009, 2018, 2048, 4099, 16411} {
		x := random(n)
		for kind, plan := range map[string]transform{"chosen": newTransform(n), "chirp": newChirp(n)} {
			plan.Coefficients(nil, random(n + 1)[:n]) // of which nothing may be left
			got := plan.Coefficients(nil, x)
			if len(got) != n/2+1 {
				t.Fatalf("%s, %d numbers: %d coefficients, want %d", kind, n, len(got), n/2+1)
			}
			for k := 0; k < len(got); k += 1 + n/500 {
				// All are about √n.
				tolerance := 1e-14 * math.Sqrt(float64(n)) * float64(min(100, primeFactor(n)))
				if want := direct(x, k); cmplx.Abs(got[k]-want) > tolerance {
					t.Errorf("%s, %d numbers, bin %d: %v, want %v", kind, n, k, got[k], want)
				}
			}
		}
	}
}

func TestPrimeFactor(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 12: 3, 97: 97, 2 * 97 * 97: 97, 1 << 20: 2, 1048573: 1048573, 44100: 7} {
		if got := primeFactor(n); got != want {
			t.Errorf("%d: %d, want %d", n, got, want)
		}
	}
}

// BenchmarkTransform shows where the chirp transform becomes the faster one.
func BenchmarkTransform(b *testing.B) {
	for _, n := range []int{31 * 32, 61 * 32, 61, 127, 131, 127 * 16, 131 * 16, 257, 257 * 16, 1009} {
		x, dst := random(n), make([]complex128, n/2+1)
		for name, plan := range map[string]transform{"gonum": fourier.NewFFT(n), "chirp": newChirp(n)} {
			b.Run(fmt.Sprintf("%d/factor=%d/%s", n, primeFactor(n), name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					plan.Coefficients(dst, x)
				}
			})
		}
	}
}
