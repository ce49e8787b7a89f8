package imaging

import (
	"fmt"
	"image"
	"math"

	"gocv.io/x/gocv"

	"av_capture/src/internal/media"
)

// SpectrumRange is the level of black below full scale [dB].
const SpectrumRange = 100

// Spectrum computes the two-dimensional spectrum of images as images. The zero Spectrum
// is ready; Close frees its memory.
//
// The input, W x H, is padded with black at the right and at the bottom to the next size
// with a fast Fourier transform (cv::getOptimalDFTSize), M x N, which is the size of the
// result. The result's pixel in column u and row v is the magnitude |F| at the spatial
// frequency (u − ⌊M/2⌋)/M periods per pixel to the right and (v − ⌊N/2⌋)/N downwards, in
// decibel relative to the zero frequency of a white image of W x H:
//
//	255 · (1 + 20·lg((1 + |F|) / (255·W·H)) / 100)
//
// rounded and limited to 0 … 255. White is 0 dB, black −100 dB or less, and a step of grey
// 0.39 dB, independently of the image.
type Spectrum struct {
	from matView
	size image.Point // of the input that the matrices are made for
	full image.Point // size of the transform

	padded    gocv.Mat    // the input as float32, and black
	inner     gocv.Mat    // the region of padded with the input
	transform gocv.Mat    // complex
	re, im    gocv.Mat    // the parts of transform
	magnitude gocv.Mat    // first |F|, then its logarithm
	grey      gocv.Mat    // the result with the zero frequency top left
	shifted   gocv.Mat    // the result with the zero frequency in the centre
	quarters  []*quarter  // regions of grey and shifted
	matrices  []*gocv.Mat // all of the above
	image     media.Image
}

// quarter is a quarter of the spectrum, which moves to the opposite corner.
type quarter struct{ from, to gocv.Mat }

// Compute returns the spectrum of a mono8 image as a mono8 image of M x N, which is valid
// until the next call. It fails for other encodings.
func (s *Spectrum) Compute(luma *media.Image) (*media.Image, error) {
	if luma.Encoding != "mono8" {
		return nil, fmt.Errorf("imaging: spectrum of an image of encoding %q, want mono8", luma.Encoding)
	}
	from, err := s.from.of(luma)
	if err != nil {
		return nil, err
	}
	s.prepare(image.Pt(luma.Width, luma.Height))
	if err := s.compute(from); err != nil {
		return nil, fmt.Errorf("imaging: spectrum: %w", err)
	}
	data, err := s.shifted.DataPtrUint8()
	s.image = described(luma, data, s.full.X, s.full.Y, s.full.X, "mono8")
	return &s.image, err
}

// prepare makes the matrices for images of a size, unless they exist.
func (s *Spectrum) prepare(size image.Point) {
	if s.size == size {
		return
	}
	s.release()
	s.size = size
	s.full = image.Pt(gocv.GetOptimalDFTSize(size.X), gocv.GetOptimalDFTSize(size.Y))
	matrix := func(at *gocv.Mat, made gocv.Mat) {
		*at = made
		s.matrices = append(s.matrices, at)
	}
	matrix(&s.padded, gocv.Zeros(s.full.Y, s.full.X, gocv.MatTypeCV32FC1))
	matrix(&s.inner, s.padded.Region(image.Rectangle{Max: size}))
	for _, at := range []*gocv.Mat{&s.transform, &s.re, &s.im, &s.magnitude} {
		matrix(at, gocv.NewMat())
	}
	matrix(&s.grey, gocv.NewMatWithSize(s.full.Y, s.full.X, gocv.MatTypeCV8UC1))
	matrix(&s.shifted, gocv.NewMatWithSize(s.full.Y, s.full.X, gocv.MatTypeCV8UC1))
	for _, column := range halves(s.full.X) {
		for _, row := range halves(s.full.Y) {
			extent := image.Pt(column.length, row.length)
			from, to := image.Pt(column.from, row.from), image.Pt(column.to, row.to)
			q := new(quarter)
			matrix(&q.from, s.grey.Region(image.Rectangle{Min: from, Max: from.Add(extent)}))
			matrix(&q.to, s.shifted.Region(image.Rectangle{Min: to, Max: to.Add(extent)}))
			s.quarters = append(s.quarters, q)
		}
	}
}

// half is a range of rows or columns that moves.
type half struct{ from, to, length int }

// halves returns the moves of the frequencies of a transform of that many points: those
// from 0 upwards, which come first, move to the middle, the negative ones before them.
func halves(points int) []half {
	zero := points / 2
	upwards := half{0, zero, points - zero}
	if zero == 0 {
		return []half{upwards}
	}
	return []half{upwards, {points - zero, 0, zero}}
}

// compute fills shifted. It allocates nothing.
func (s *Spectrum) compute(luma gocv.Mat) error {
	if err := luma.ConvertTo(&s.inner, gocv.MatTypeCV32F); err != nil {
		return err
	}
	if err := gocv.DFT(s.padded, &s.transform, gocv.DftComplexOutput); err != nil {
		return err
	}
	if err := gocv.ExtractChannel(s.transform, &s.re, 0); err != nil {
		return err
	}
	if err := gocv.ExtractChannel(s.transform, &s.im, 1); err != nil {
		return err
	}
	if err := gocv.Magnitude(s.re, s.im, &s.magnitude); err != nil {
		return err
	}
	s.magnitude.AddFloat(1)
	if err := gocv.Log(s.magnitude, &s.magnitude); err != nil {
		return err
	}
	scale, offset := greys(s.size)
	if err := s.magnitude.ConvertToWithParams(&s.grey, gocv.MatTypeCV8U, scale, offset); err != nil {
		return err
	}
	for _, q := range s.quarters {
		if err := q.from.CopyTo(&q.to); err != nil {
			return err
		}
	}
	return nil
}

// greys returns the factor and the offset that make a grey of the natural logarithm of
// 1 + |F|.
func greys(size image.Point) (scale, offset float32) {
	perNeper := 255. / SpectrumRange * 20 / math.Ln10
	return float32(perNeper), float32(255 - perNeper*math.Log(255*float64(size.X)*float64(size.Y)))
}

// release frees the matrices.
func (s *Spectrum) release() {
	for _, m := range s.matrices {
		m.Close() // always nil
	}
	s.matrices, s.quarters = nil, nil
	s.size = image.Point{}
}

// Close frees the memory. The Spectrum can be used again.
func (s *Spectrum) Close() {
	s.from.close()
	s.release()
	*s = Spectrum{}
}
