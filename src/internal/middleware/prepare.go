package middleware

import (
	"fmt"
	"os"
	"time"

	"av_capture/src/internal/oneline"
)

// Prepared is the state of the environment after [Prepare].
type Prepared struct {
	// Segment is the size of the shared memory for messages [bytes], 0 where the profile is not
	// used.
	Segment uint64
	// Warning is for the user, "" for none.
	Warning string
	// Notice tells of removed segments, "" for none.
	Notice string

	variables []string // set by Prepare
	temporary string   // path of a profile with a smaller segment, "" for none
}

// Prepare has Fast DDS read the package's profile, or one like it with a smaller segment
// where shared memory is short. It is to be called before the first node of the process is
// made, and Close after that; it sets the variable of the Fast DDS that the process has loaded
// by then. It changes nothing where the user has chosen a middleware, a
// profile or transports. It removes segments of killed processes first.
//
// It never fails: with a warning the middleware's default transport is used.
func Prepare() *Prepared {
	p, err := prepareInstalled()
	if err != nil {
		p.Warning = err.Error()
	}
	return p
}

func prepareInstalled() (*Prepared, error) {
	path, err := installedProfile()
	if err != nil {
		return &Prepared{}, err
	}
	var removed abandoned
	var failed error
	if chosenByUser() == "" {
		removed, failed = removeAbandoned(sharedMemory, time.Now())
	}
	free, err := freeSpace(sharedMemory)
	if err != nil {
		return &Prepared{}, fmt.Errorf("middleware: %w", err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return &Prepared{}, fmt.Errorf("middleware: %w", err)
	}
	p, err := prepare(path, free, ownVariables(string(maps)))
	if removed.segments > 0 {
		p.Notice = fmt.Sprintf("%s: removed %d segments (%d MiB) of processes that were killed", sharedMemory, removed.segments, removed.bytes>>20)
	}
	if failed != nil && p.Warning == "" {
		p.Warning = fmt.Sprintf("segments of killed processes stay in %s: %v", sharedMemory, failed)
	}
	return p, err
}

// prepare is Prepare with so many bytes of shared memory free, and these variables.
func prepare(path string, free uint64, variables []string) (*Prepared, error) {
	if chosenByUser() != "" {
		return &Prepared{}, nil
	}
	profile, err := readProfile(path)
	if err != nil {
		return &Prepared{}, fmt.Errorf("middleware: %w", err)
	}
	short := fmt.Sprintf("%s has %d MiB free, too little for the %d MiB that images want",
		sharedMemory, free>>20, profile.segment>>20)
	segment := fit(profile.segment, free)
	if segment == 0 {
		return &Prepared{Warning: short + ": they go by the middleware's default, which loses or delays them; " + cure}, nil
	}
	p := &Prepared{Segment: segment}
	if segment < profile.segment {
		p.Warning = fmt.Sprintf("%s: it gets %d MiB, with which large ones may be lost or late; %s", short, segment>>20, cure)
		path, err = temporary(profile.resized(segment))
		if err != nil {
			return &Prepared{}, fmt.Errorf("middleware: %w", err)
		}
		p.temporary = path
	}
	p.variables = variables
	for _, name := range variables {
		if err := os.Setenv(name, path); err != nil {
			return p, oneline.Join(fmt.Errorf("middleware: %w", err), p.Close())
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
	if err = oneline.Join(err, file.Close()); err != nil {
		return "", oneline.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// Close undoes Prepare, so that child processes choose for themselves. It may be called more
// than once.
func (p *Prepared) Close() error {
	var errs []error
	for _, name := range p.variables {
		errs = append(errs, os.Unsetenv(name))
	}
	if p.temporary != "" {
		errs = append(errs, os.Remove(p.temporary))
	}
	*p = Prepared{}
	return oneline.Join(errs...)
}
