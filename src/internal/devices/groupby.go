package devices

// groupBy groups keys by a text, in the order in which the texts were added first. The
// zero groupBy is empty.
type groupBy[K any] struct {
	texts []string
	keys  map[string][]K
}

func (g *groupBy[K]) add(key K, text string) {
	if g.keys == nil {
		g.keys = map[string][]K{}
	}
	if g.keys[text] == nil {
		g.texts = append(g.texts, text)
	}
	g.keys[text] = append(g.keys[text], key)
}

// each returns describe's result for each text.
func (g *groupBy[K]) each(describe func(keys []K, text string) string) []string {
	var texts []string
	for _, text := range g.texts {
		texts = append(texts, describe(g.keys[text], text))
	}
	return texts
}
