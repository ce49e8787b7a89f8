package param

import "strings"

// nearest returns the candidate that name was most likely meant to be, and
// whether one is near enough to be named: it contains name or is contained in
// it, or a third of the longer name's letters differ at most. The first of
// equally near ones is taken. Nothing is near to a name that is longer than any.
func nearest(name string, candidates []string) (string, bool) {
	if len(name) > longestName {
		return "", false
	}
	best, bestDistance, found := "", 0, false
	for _, candidate := range candidates {
		longer := max(len(name), len(candidate))
		allowed := max(1, longer/3)
		part := len(name) >= 3 && strings.Contains(candidate, name) ||
			len(candidate) >= 3 && strings.Contains(name, candidate)
		// So many letters differ at the least, and of a part no more do.
		distance := longer - min(len(name), len(candidate))
		if !part && distance <= allowed {
			distance = editDistance(name, candidate)
		}
		if distance > allowed && !part {
			continue
		}
		if !found || distance < bestDistance {
			best, bestDistance, found = candidate, distance, true
		}
	}
	return best, found
}

// didYouMean returns the end of a sentence that proposes the nearest candidate,
// or nothing.
func didYouMean(name string, candidates []string) string {
	if candidate, ok := nearest(name, candidates); ok {
		return "; did you mean " + candidate + "?"
	}
	return ""
}

// editDistance returns the number of bytes to insert, delete, replace or swap
// with the neighbour to make b of a, no byte being touched twice (optimal
// string alignment; F. J. Damerau, "A technique for computer detection and
// correction of spelling errors", 1964).
func editDistance(a, b string) int {
	// Rows i-2, i-1 and i of the table of distances between prefixes.
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
