package main

import (
	"bytes"
	"fmt"
	"slices"
)

// images are the images of one mode, each with its number in it:
//
//	mjpeg  a comment behind the start marker, "image 00000123"
//	yuyv   the luma of the first 32 pixels, one bit each, the lowest first: 16 or 235
//	h264   eight digits behind a start code, in user data of a picture that a decoder takes if
//	       there is a video, else in an access unit delimiter, which none takes
//
// Not for several goroutines.
type images struct {
	mode
	pictures *pictures
	made     map[[2]int][]byte // by look and variant
}

// images returns those of a mode, drawn.
func (p *pictures) images(m mode) *images {
	i := &images{mode: m, pictures: p, made: map[[2]int][]byte{}}
	for l := textured; l <= white; l++ {
		for variant := range variantsOf(l) {
			i.made[[2]int{int(l), variant}] = i.draw(l, variant)
		}
	}
	return i
}

// image returns an image. Its memory is overwritten by the next one of that look.
func (i *images) image(number int, l look) []byte {
	picture := i.made[[2]int{int(l), number % variantsOf(l)}]
	switch i.format.name {
	case yuyv:
		for bit := range 32 {
			picture[2*bit] = byte(16 + 219*(number>>bit&1))
		}
	case mjpeg:
		setDigits(picture[len(comment)-digits:], number)
	case h264:
		if len(i.pictures.units) > 0 {
			return numbered(i.pictures.units[number%len(i.pictures.units)], number)
		}
		setDigits(picture[5:], number)
	}
	return picture
}

const (
	comment = "\xff\xd8\xff\xfe\x00\x10image 00000000" // instead of the start marker
	digits  = 8
)

// draw makes a picture with room for a number.
func (i *images) draw(l look, variant int) []byte {
	switch i.format.name {
	case mjpeg:
		return append([]byte(comment), i.pictures.jpegs[i.size][l][variant][2:]...)
	case yuyv:
		picture := make([]byte, 2*i.size.width*i.size.height)
		for y := range i.size.height {
			// Both are linear along a row.
			luma, chroma := l.luma(variant, 0, y), l.chroma(variant, 0, y)
			right, red := l.luma(variant, 1, y)-luma, l.chroma(variant, 1, y)-chroma
			row := picture[2*i.size.width*y:][:2*i.size.width]
			for at := 0; at < len(row); at += 2 {
				row[at], row[at+1] = luma, chroma
				luma, chroma = luma+right, chroma+red
			}
		}
		return picture
	}
	return append([]byte{0, 0, 0, 1, 9}, make([]byte, 1000)...) // an access unit delimiter
}

// delimiter is an access unit delimiter (Annex B of Rec. ITU-T H.264), without its content.
const delimiter = "\x00\x00\x00\x01\x09"

// userData is a message of supplemental enhancement information: user_data_unregistered, 16
// bytes of an identifier and the digits.
const userData = "\x00\x00\x00\x01\x06\x05\x18" + "av_captures cam."

// units parts a video into its access units, each from its delimiter on.
func units(video []byte) [][]byte {
	var all [][]byte
	for part := range bytes.SplitSeq(video, []byte(delimiter)) {
		if len(part) > 0 {
			all = append(all, append([]byte(delimiter), part...))
		}
	}
	return all
}

// numbered returns an access unit with a number behind its delimiter.
func numbered(unit []byte, number int) []byte {
	head := len(delimiter) + 1 // with the delimiter's content
	data := []byte(userData + "00000000\x80")
	setDigits(data[len(data)-1-digits:], number)
	return slices.Concat(unit[:head], data, unit[head:])
}

// setDigits overwrites with a number's eight digits.
func setDigits(to []byte, number int) { copy(to, fmt.Sprintf("%08d", number%100000000)) }
