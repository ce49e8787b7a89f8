package jpeg

// Verifier checks the entropy-coded data of JPEG files, which Check skips, for damage.
// The zero Verifier is ready. One goroutine at a time may use it.
//
// Nearly all cameras send one scan of sequential Huffman codes, with the same tables in each
// file. The Verifier reads such codes without computing the coefficients that they stand for,
// which takes little more than half of libjpeg's instructions. libjpeg decides on all that is not
// found whole in this way: on other kinds of files, and on damage, which it names.
type Verifier struct {
	dc, ac [4]codes // by destination
}

// Verify returns an error if libjpeg would invent pixels, since data is damaged. It needs
// memory of the size of the image for progressive files only.
func (v *Verifier) Verify(file File) error {
	if v.whole(file) {
		return nil
	}
	return verify(file)
}

// whole reads the codes of all blocks, to the end of the file. It may return false for
// files that are whole.
func (v *Verifier) whole(file File) bool {
	scan := &file.only
	if scan.units == 0 {
		return false
	}
	var blocks [maxBlocks]block
	for i, tables := range scan.blocks[:scan.count] {
		b := block{&v.dc[tables.dc], &v.ac[tables.ac]}
		if !b.dc.set(scan.huffman[0][tables.dc], true) || !b.ac.set(scan.huffman[1][tables.ac], false) {
			return false
		}
		blocks[i] = b
	}
	r := reader{data: file.Data, at: scan.data}
	for left := scan.units; ; {
		units := left
		if scan.interval > 0 {
			units = min(left, scan.interval)
		}
		if !r.read(blocks[:scan.count], units) {
			return false
		}
		left -= units
		// Check has seen the numbers of restart markers, and how many there are.
		marker, ok := r.marker()
		restart := marker >= markerRST0 && marker <= markerRST7
		if left == 0 && restart {
			marker, ok = r.marker()
		}
		switch {
		case !ok:
			return false
		case left == 0:
			return marker == markerEOI && r.at == len(file.Data)
		case !restart:
			return false
		}
	}
}
