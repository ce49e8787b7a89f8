package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
)

// look is the content of an image.
type look int

const (
	textured look = iota // one of several pictures, by its number
	dark
	white
)

// variants is the number of textured pictures of each size: image n shows n modulo this.
const variants = 4

// pictureSizes are those of which `webcam pictures` writes files.
var pictureSizes = []size{{320, 240}, {640, 480}, {1280, 720}, {1920, 1080}}

// luma and chroma are a pixel's brightness and colour, the latter blue (Cb) in even columns
// and red (Cr) in odd ones. The case's own copy is in rig/webcam.py.
func (l look) luma(variant, x, y int) byte {
	switch l {
	case dark:
		return 40
	case white:
		return 235
	}
	return byte(x + 2*y + 64*variant)
}

func (l look) chroma(variant, x, y int) byte {
	if l != textured {
		return 128
	}
	return byte(2*x - y + 64*variant)
}

// pictures are the contents of JPEG images, by size and look.
type pictures struct {
	jpegs map[size]map[look][][]byte
	units [][]byte // access units of H.264, of one size; none if there is no video
}

// fileName is that of a JPEG picture.
func fileName(folder string, s size, l look, variant int) string {
	return filepath.Join(folder, fmt.Sprintf("%dx%d_%d_%d.jpg", s.width, s.height, l, variant))
}

// variantsOf returns the number of pictures of a look.
func variantsOf(l look) int {
	if l == textured {
		return variants
	}
	return 1
}

// writePictures writes the JPEG files. They take an emulated machine long, which therefore
// reads them.
func writePictures(folder string) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for _, s := range pictureSizes {
		for l := textured; l <= white; l++ {
			for variant := range variantsOf(l) {
				file, err := encode(s, l, variant)
				if err != nil {
					return err
				}
				if err := os.WriteFile(fileName(folder, s, l, variant), file, 0o666); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// encode makes a JPEG file of a picture: coarse tiles in which there is some detail, as much as
// images of a webcam have.
func encode(s size, l look, variant int) ([]byte, error) {
	picture := image.NewYCbCr(image.Rect(0, 0, s.width, s.height), image.YCbCrSubsampleRatio420)
	for y := range s.height {
		for x := range s.width {
			detail := 0
			if l == textured {
				detail = (x*y + x*x/7) % 13
			}
			picture.Y[picture.YOffset(x, y)] = l.luma(variant, x/8, y/8) + byte(detail)
			at := picture.COffset(x, y)
			picture.Cb[at], picture.Cr[at] = l.chroma(variant, x/64*2, y/32), l.chroma(variant, x/64*2+1, y/32)
		}
	}
	var file bytes.Buffer
	err := jpeg.Encode(&file, picture, &jpeg.Options{Quality: 85})
	return file.Bytes(), err
}

// readPictures reads the JPEG files of all sizes that formats have, and the video, if there is one.
func readPictures(folder, video string, formats []format) (*pictures, error) {
	p := &pictures{jpegs: map[size]map[look][][]byte{}}
	if video != "" {
		file, err := os.ReadFile(video)
		if err != nil {
			return nil, fmt.Errorf("-video: %w", err)
		}
		if p.units = units(file); len(p.units) == 0 {
			return nil, fmt.Errorf("-video: %s has no access unit delimiters", video)
		}
	}
	for _, f := range formats {
		if f.name != mjpeg {
			continue
		}
		for _, s := range f.sizes {
			p.jpegs[s] = map[look][][]byte{}
			for l := textured; l <= white; l++ {
				for variant := range variantsOf(l) {
					file, err := os.ReadFile(fileName(folder, s, l, variant))
					if err != nil {
						return nil, fmt.Errorf("-pictures: %w; `webcam pictures FOLDER` writes them in the sizes %v", err, pictureSizes)
					}
					p.jpegs[s][l] = append(p.jpegs[s][l], file)
				}
			}
		}
	}
	return p, nil
}
