package transport

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// Prepared is what [Prepare] has put into the environment.
type Prepared struct {
	// Segment is the size of the shared memory that messages go through
	// [bytes], 0 where the profile is not used.
	Segment uint64
	// Reason says why the profile is not used, "" where it is.
	Reason string
	// Warning is what the user should know, "" for nothing.
	Warning string
	// Notice is what was done besides, "" for nothing.
	Notice string

	temporary string // a profile of our own making, "" for none
}

// Prepare has Fast DDS read the profile at path, or one like it with a smaller
// segment where shared memory is short. Call it before the first node of the
// process is made, and Close after that. It changes nothing where the user has
// chosen a middleware, a profile or transports. Segments that killed processes
// have left behind are removed before.
//
// With an error the profile is not used; the default transport works all the
// same.
func Prepare(path string) (*Prepared, error) {
	var removed abandoned
	var failed error
	if chosenByUser() == "" {
		removed, failed = removeAbandoned(sharedMemory, time.Now())
	}
	free, err := freeSpace(sharedMemory)
	if err != nil {
		return &Prepared{Reason: err.Error()}, fmt.Errorf("transport: %w", err)
	}
	p, err := prepare(path, free)
	if removed.segments > 0 {
		p.Notice = fmt.Sprintf("%s: removed %d segments (%d MiB) of processes that were killed", sharedMemory, removed.segments, removed.bytes>>20)
	}
	if failed != nil && p.Warning == "" {
		p.Warning = fmt.Sprintf("segments of killed processes stay in %s: %v", sharedMemory, failed)
	}
	return p, err
}

// prepare is Prepare with so many bytes of shared memory free.
func prepare(path string, free uint64) (*Prepared, error) {
	if reason := chosenByUser(); reason != "" {
		return &Prepared{Reason: reason}, nil
	}
	profile, err := readProfile(path)
	if err != nil {
		return &Prepared{Reason: err.Error()}, fmt.Errorf("transport: %w", err)
	}
	short := fmt.Sprintf("%s has %d MiB free, too little for the %d MiB that images want",
		sharedMemory, free>>20, profile.segment>>20)
	segment := fit(profile.segment, free)
	if segment == 0 {
		return &Prepared{Reason: short, Warning: short + ": they go by the middleware's default, which loses or delays them; " + cure}, nil
	}
	p := &Prepared{Segment: segment}
	if segment < profile.segment {
		p.Warning = fmt.Sprintf("%s: it gets %d MiB, with which large ones may be lost or late; %s", short, segment>>20, cure)
		path, err = temporary(profile.resized(segment))
		if err != nil {
			return &Prepared{Reason: err.Error()}, fmt.Errorf("transport: %w", err)
		}
		p.temporary = path
	}
	for _, name := range profileVariables {
		if err := os.Setenv(name, path); err != nil {
			return p, errors.Join(fmt.Errorf("transport: %w", err), p.Close())
		}
	}
	return p, nil
}

const cure = "in a container: docker run --shm-size=256m, or --ipc=host; elsewhere: mount -o remount,size=256m /dev/shm"

// temporary writes a file and returns its path.
func temporary(text []byte) (string, error) {
	file, err := os.CreateTemp("", "av_capture-fastdds-*.xml")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// Close takes back what Prepare made: programs that this one starts choose for
// themselves. It may be called more than once.
func (p *Prepared) Close() error {
	var errs []error
	if p.Segment != 0 {
		for _, name := range profileVariables {
			errs = append(errs, os.Unsetenv(name))
		}
	}
	if p.temporary != "" {
		errs = append(errs, os.Remove(p.temporary))
	}
	*p = Prepared{Reason: "closed"}
	return errors.Join(errs...)
}
