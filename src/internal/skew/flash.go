package skew

import (
	"math"
	"time"
)

const (
	// flashNoise is the least rise of a flash, in standard deviations of the change from
	// image to image.
	flashNoise = 8

	// flashShare is the least rise of a flash, as a share of the light before it, and
	// flashLight the least at all, as a share of the light of full scale.
	flashShare = 0.02
	flashLight = 0.0005

	// flashEarly is the least rise of an image that the flash has lit for a short part of its
	// exposure, in the same deviations.
	flashEarly = 2

	// flashSteep is the least share of a rise that takes place within two images: light
	// comes on at once, while an automatic exposure takes many images.
	flashSteep = 0.7
)

// FlashDetector is an [ImageDetector] that finds when light comes on, in the mean light of
// images. The zero FlashDetector is ready.
type FlashDetector struct {
	// FullScale is the light of full scale, 1 if it is 0: see the function [FullScale].
	FullScale float64

	history
	began time.Duration // stamp of the first image of the newest flash
}

// Add implements [ImageDetector].
func (d *FlashDetector) Add(stamp time.Duration, light float64) (event time.Duration, found bool) {
	taken := d.add(stamp, light)
	k, enough := d.judged()
	if !taken || !enough {
		return 0, false
	}
	before, noise := d.values[k-1], d.noise()
	least := max(flashNoise*noise, flashShare*before, flashLight*d.fullScale())
	if d.values[k]-before < least || d.began >= d.stamps[k-behind] && d.began < d.stamps[k] {
		return 0, false
	}
	rise := func(image int) float64 { return d.values[image] - before }
	full := max(rise(k), rise(k+1))
	highest := full
	for image := k + 2; image <= k+ahead; image++ {
		highest = max(highest, rise(image))
	}
	if full < flashSteep*highest || math.Abs(before-d.values[k-2]) >= max(least*3/2, full/2) {
		return 0, false
	}
	d.began = d.stamps[k]
	period := d.Period()
	unlit := time.Duration(0) // time of exposures before the flash, from the stamp on
	if rise(k+1) >= flashSteep*full {
		early := before - d.values[k-2]
		if early < flashEarly*noise {
			early = 0
		}
		// The light of both images, of which the earlier one is too dark to be seen by itself.
		unlit = time.Duration(math.Round((1 - (rise(k)+2*early)/(full+early)) * float64(period)))
	}
	if !d.complete(k, period) && unlit < period/10 {
		d.doubtful++ // it may have begun in the image that is missing
		return 0, false
	}
	return d.stamps[k] + unlit, true
}

// fullScale returns the light of full scale.
func (d *FlashDetector) fullScale() float64 {
	if d.FullScale == 0 {
		return 1
	}
	return d.FullScale
}

// noise returns the standard deviation of the change from image to image.
func (d *FlashDetector) noise() float64 {
	changes := make([]float64, 0, recentImages)
	for i := range d.values[1:] {
		changes = append(changes, math.Abs(d.values[i+1]-d.values[i]))
	}
	return deviation * median(changes)
}
