package view

// credit is the number of pictures of a topic that are on the way to a viewer at a time:
// one that is being drawn, and one that waits for it.
const credit = 2

// maxStatuses is the number of nodes whose status is shown.
const maxStatuses = 32

// Feed is a stream that at least one viewer shows. The opener's goroutine calls its methods;
// none of them waits for a viewer.
type Feed struct {
	hub    *Hub
	stream Stream
	stop   func()

	// The hub's lock guards what follows.
	viewers map[*Viewer]*share
	latest  map[string]Message // the newest of each key, for viewers that come later
	closed  bool               // nobody shows it any more
	number  uint64             // of the newest picture
}

// share is a viewer's part of a feed. The hub's lock guards it.
type share struct {
	credit int // pictures that may be sent before one is acknowledged
}

// PictureCame counts a picture, and reports whether a viewer is ready for it: if not, it
// need not be compressed. Each is to be followed by the call of Picture for the same image,
// if by any.
func (f *Feed) PictureCame() (wanted bool) {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	f.number++
	for _, s := range f.viewers {
		wanted = wanted || s.credit > 0
	}
	return wanted && !f.closed
}

// Picture hands a picture to the viewers that are ready for one.
func (f *Feed) Picture(p Picture) {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.closed {
		return
	}
	header := pictureHeader{Pictures, f.stream.Topic, f.number, p.Stamp, p.Arrived, p.Type}
	message := binaryMessage(header, p.File)
	for v, s := range f.viewers {
		if s.credit > 0 && v.out.push(message) {
			s.credit--
		}
	}
	f.tell("problem "+f.stream.Topic, Message{})
}

// Block hands a block of sound to all viewers that have room for it.
func (f *Feed) Block(b Block) {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.closed {
		return
	}
	message := binaryMessage(blockHeader{Sound, f.stream.Topic, b}, b.Data)
	for v := range f.viewers {
		v.out.push(message)
	}
	f.tell("problem "+f.stream.Topic, Message{})
}

// Status hands the status of a node to all viewers, and to those that come later.
func (f *Feed) Status(s Status) {
	s.Type = "status"
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	key := "status " + s.Name
	if _, known := f.latest[key]; known || len(f.latest) < maxStatuses {
		f.tell(key, textMessage(s))
	}
}

// Problem tells all viewers why the topic cannot be shown.
func (f *Feed) Problem(text string) {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	f.tell("problem "+f.stream.Topic, textMessage(problemMessage{"problem", f.stream.Topic, text}))
}

// tell hands on the newest message of a key, with the hub locked. An empty one says that the
// former is over.
func (f *Feed) tell(key string, m Message) {
	if f.closed {
		return
	}
	if m.Data == nil {
		if _, told := f.latest[key]; !told {
			return
		}
		delete(f.latest, key)
		m = textMessage(problemMessage{Type: "problem", Topic: f.stream.Topic})
	} else {
		if f.latest == nil {
			f.latest = map[string]Message{}
		}
		f.latest[key] = m
	}
	for v := range f.viewers {
		v.out.put(key, m)
	}
}
