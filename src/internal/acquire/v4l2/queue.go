package v4l2

// #include <linux/videodev2.h>
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/media"
)

// maxPlanes bounds the parts of memory of an image.
const maxPlanes = C.VIDEO_MAX_PLANES

// queue is the driver's queue of buffers, mapped into this process. A buffer is the
// driver's while it is queued, and ours from dequeue until it is queued again.
//
// One goroutine at a time may use it.
type queue struct {
	device  *device
	buffers [][][]byte // the parts of each buffer, in the driver's memory

	// The arguments of requests, which the kernel reads and writes. They are pinned, and
	// used again and again without an allocation.
	buffer *C.struct_v4l2_buffer
	planes *[maxPlanes]C.struct_v4l2_plane
	pinner runtime.Pinner
}

// dequeued is a buffer that the driver has filled.
type dequeued struct {
	index    int
	parts    [maxPlanes][]byte // the filled bytes of each part of memory; valid until the buffer is queued
	count    int               // of parts
	sequence uint32
	stamp    time.Duration // 0 if the driver's is not on CLOCK_MONOTONIC
	damaged  bool          // V4L2_BUF_FLAG_ERROR
}

// newQueue has the driver allocate buffers, of which it may make more or fewer, and maps
// them. EBUSY means that somebody else has buffers of the device.
func newQueue(d *device, count int) (_ *queue, err error) {
	q := &queue{device: d, buffer: new(C.struct_v4l2_buffer), planes: new([maxPlanes]C.struct_v4l2_plane)}
	q.pinner.Pin(q.buffer)
	q.pinner.Pin(q.planes)
	defer func() {
		if err != nil {
			q.close()
		}
	}()
	var r C.struct_v4l2_requestbuffers
	r.count, r._type, r.memory = C.__u32(count), d.kind, C.V4L2_MEMORY_MMAP
	switch err := d.ioctl(C.VIDIOC_REQBUFS, unsafe.Pointer(&r)); {
	case errors.Is(err, unix.ENOMEM):
		return nil, fmt.Errorf("ask for %d buffers: %w: choose a smaller buffer_count, image_width or image_height: %w", count, err, media.ErrUnsupported)
	case errors.Is(err, unix.EINVAL):
		return nil, fmt.Errorf("the driver has no buffers that can be mapped: %w: %w", err, media.ErrUnsupported)
	case err != nil:
		return nil, fmt.Errorf("ask for %d buffers: %w", count, err)
	}
	for index := range int(r.count) {
		q.prepare(index)
		if err := d.ioctl(C.VIDIOC_QUERYBUF, unsafe.Pointer(q.buffer)); err != nil {
			return nil, fmt.Errorf("ask for buffer %d: %w", index, err)
		}
		var parts [][]byte
		q.buffers = append(q.buffers, nil)
		for _, p := range q.mappings() {
			part, err := unix.Mmap(d.fd, p.offset, p.length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
			if err != nil {
				return nil, fmt.Errorf("map buffer %d: %w", index, err)
			}
			parts = append(parts, part)
			q.buffers[index] = parts
		}
	}
	if len(q.buffers) < 2 {
		return nil, fmt.Errorf("the driver has memory for %d buffers, and capturing takes two: choose a smaller image_width and image_height: %w", len(q.buffers), media.ErrUnsupported)
	}
	return q, nil
}

// mapping is the argument of mmap(2) for a part of a buffer.
type mapping struct {
	offset int64
	length int // [bytes]
}

// mappings returns the mappings of the buffer that VIDIOC_QUERYBUF has described.
func (q *queue) mappings() []mapping {
	if !q.device.multiplanar() {
		return []mapping{{int64(*(*C.__u32)(unsafe.Pointer(&q.buffer.m))), int(q.buffer.length)}}
	}
	var mappings []mapping
	for i := range min(int(q.buffer.length), maxPlanes) {
		p := &q.planes[i]
		mappings = append(mappings, mapping{int64(*(*C.__u32)(unsafe.Pointer(&p.m))), int(p.length)})
	}
	return mappings
}

// prepare fills in the argument of a request for a buffer.
func (q *queue) prepare(index int) {
	*q.buffer = C.struct_v4l2_buffer{index: C.__u32(index), _type: q.device.kind, memory: C.V4L2_MEMORY_MMAP}
	if q.device.multiplanar() {
		*q.planes = [maxPlanes]C.struct_v4l2_plane{}
		*(*uintptr)(unsafe.Pointer(&q.buffer.m)) = uintptr(unsafe.Pointer(q.planes))
		q.buffer.length = maxPlanes
		if index < len(q.buffers) && len(q.buffers[index]) > 0 {
			q.buffer.length = C.__u32(len(q.buffers[index]))
		}
	}
}

// put gives a buffer to the driver.
func (q *queue) put(index int) error {
	q.prepare(index)
	return q.device.ioctl(C.VIDIOC_QBUF, unsafe.Pointer(q.buffer))
}

// start gives all buffers to the driver and begins to stream. On an error it takes them
// back.
func (q *queue) start() (err error) {
	defer func() {
		if err != nil {
			_ = q.stop() // the error that matters is the first
		}
	}()
	for index := range q.buffers {
		if err := q.put(index); err != nil {
			return fmt.Errorf("queue buffer %d: %w", index, err)
		}
	}
	kind := C.int(q.device.kind)
	return q.device.ioctl(C.VIDIOC_STREAMON, unsafe.Pointer(&kind))
}

// stop ends streaming, and takes all buffers back.
func (q *queue) stop() error {
	kind := C.int(q.device.kind)
	return q.device.ioctl(C.VIDIOC_STREAMOFF, unsafe.Pointer(&kind))
}

// take returns the buffer that was filled first, and false if none is ready.
func (q *queue) take(d *dequeued) (bool, error) {
	q.prepare(0)
	if q.device.multiplanar() {
		q.buffer.length = maxPlanes
	}
	err := q.device.ioctl(C.VIDIOC_DQBUF, unsafe.Pointer(q.buffer))
	if errors.Is(err, unix.EAGAIN) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	b := q.buffer
	index := int(b.index)
	if index >= len(q.buffers) {
		return false, fmt.Errorf("the driver gives buffer %d of %d", index, len(q.buffers))
	}
	*d = dequeued{index: index, sequence: uint32(b.sequence), damaged: b.flags&C.V4L2_BUF_FLAG_ERROR != 0}
	if b.flags&C.V4L2_BUF_FLAG_TIMESTAMP_MASK == C.V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC {
		d.stamp = time.Duration(b.timestamp.tv_sec)*time.Second + time.Duration(b.timestamp.tv_usec)*time.Microsecond
	}
	d.count = len(q.buffers[index])
	for i, part := range q.buffers[index] {
		from, until := C.__u32(0), b.bytesused
		if q.device.multiplanar() {
			from, until = q.planes[i].data_offset, q.planes[i].bytesused
		}
		end := int(min(uint64(until), uint64(len(part))))
		// The capacity reaches to the end of the mapping.
		d.parts[i] = part[min(uint64(from), uint64(end)):end]
	}
	return true, nil
}

// close unmaps the buffers. The driver frees them with the node.
func (q *queue) close() {
	for _, parts := range q.buffers {
		for _, part := range parts {
			_ = unix.Munmap(part) // it is a mapping of our own
		}
	}
	q.buffers = nil
	q.pinner.Unpin()
}
