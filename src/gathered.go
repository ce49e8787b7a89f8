package main

// gathered holds keys by the text that they have in common, in the order in
// which the texts came first.
type gathered[K any] struct {
	texts []string
	keys  map[string][]K
}

func (g *gathered[K]) add(key K, text string) {
	if g.keys == nil {
		g.keys = map[string][]K{}
	}
	if g.keys[text] == nil {
		g.texts = append(g.texts, text)
	}
	g.keys[text] = append(g.keys[text], key)
}

// each calls describe for each text and returns what it makes of them.
func (g *gathered[K]) each(describe func(keys []K, text string) string) []string {
	var texts []string
	for _, text := range g.texts {
		texts = append(texts, describe(g.keys[text], text))
	}
	return texts
}
