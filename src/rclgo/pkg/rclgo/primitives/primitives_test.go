package primitives

import (
	"math"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/internal/cmemory"
)

// testNumbers checks the conversions of one type of number. get returns the
// content of the C sequence.
func testNumbers[G comparable, C any, S any](t *testing.T, name string,
	toC func(*S, []G), toGo func(*[]G, S), arrayToC func([]C, []G), arrayToGo func([]G, []C), values ...G) {
	t.Run(name, func(t *testing.T) {
		var seq S
		layout := (*sequence)(unsafe.Pointer(&seq))
		// Longer, shorter, empty, longer again: into the same sequence.
		for _, want := range [][]G{values, values[:1], nil, {}, slices.Repeat(values, 1000), values[1:]} {
			toC(&seq, want)
			if int(layout.size) != len(want) || layout.capacity < layout.size {
				t.Fatalf("size %d, capacity %d, want %d", layout.size, layout.capacity, len(want))
			}
			got := []G{values[0]}
			toGo(&got, seq)
			if !slices.Equal(got, want) {
				t.Errorf("sequence: got %v, want %v", got, want)
			}
			// The copy is independent.
			if len(want) > 0 {
				toC(&seq, make([]G, len(want)))
				if !slices.Equal(got, want) {
					t.Errorf("the Go slice has changed with the C sequence: %v", got)
				}
			}
		}
		toC(&seq, nil)
		sequenceFree(layout)

		array := make([]C, len(values))
		arrayToC(array, values)
		got := make([]G, len(values))
		arrayToGo(got, array)
		if !slices.Equal(got, values) {
			t.Errorf("array: got %v, want %v", got, values)
		}
		// The shorter side counts.
		short := make([]G, len(values)-1)
		arrayToGo(short, array)
		if !slices.Equal(short, values[:len(short)]) {
			t.Errorf("short array: got %v, want %v", short, values[:len(short)])
		}
		arrayToC(array[:1], values)
		arrayToC(nil, values)
		arrayToGo(nil, array)
	})
}

func sequenceFree(s *sequence) {
	var bytes CUint8__Sequence
	*(*sequence)(unsafe.Pointer(&bytes)) = *s
	cmemory.FreeUint8Sequence(unsafe.Pointer(&bytes))
	*s = sequence{}
}

func TestNumbersSurviveTheWayToCAndBack(t *testing.T) {
	testNumbers(t, "bool", Bool__Sequence_to_C, Bool__Sequence_to_Go, Bool__Array_to_C, Bool__Array_to_Go, true, false, true)
	testNumbers(t, "byte", Byte__Sequence_to_C, Byte__Sequence_to_Go, Byte__Array_to_C, Byte__Array_to_Go, 255, 0, 128)
	testNumbers(t, "char", Char__Sequence_to_C, Char__Sequence_to_Go, Char__Array_to_C, Char__Array_to_Go, 255, 0, 128)
	testNumbers(t, "float32", Float32__Sequence_to_C, Float32__Sequence_to_Go, Float32__Array_to_C, Float32__Array_to_Go, math.MaxFloat32, -1, float32(math.Inf(1)))
	testNumbers(t, "float64", Float64__Sequence_to_C, Float64__Sequence_to_Go, Float64__Array_to_C, Float64__Array_to_Go, math.MaxFloat64, -1, math.Inf(1))
	testNumbers(t, "int8", Int8__Sequence_to_C, Int8__Sequence_to_Go, Int8__Array_to_C, Int8__Array_to_Go, math.MinInt8, 0, math.MaxInt8)
	testNumbers(t, "int16", Int16__Sequence_to_C, Int16__Sequence_to_Go, Int16__Array_to_C, Int16__Array_to_Go, math.MinInt16, 0, math.MaxInt16)
	testNumbers(t, "int32", Int32__Sequence_to_C, Int32__Sequence_to_Go, Int32__Array_to_C, Int32__Array_to_Go, math.MinInt32, 0, math.MaxInt32)
	testNumbers(t, "int64", Int64__Sequence_to_C, Int64__Sequence_to_Go, Int64__Array_to_C, Int64__Array_to_Go, math.MinInt64, 0, math.MaxInt64)
	testNumbers(t, "uint8", Uint8__Sequence_to_C, Uint8__Sequence_to_Go, Uint8__Array_to_C, Uint8__Array_to_Go, math.MaxUint8, 0, 1)
	testNumbers(t, "uint16", Uint16__Sequence_to_C, Uint16__Sequence_to_Go, Uint16__Array_to_C, Uint16__Array_to_Go, math.MaxUint16, 0, 1)
	testNumbers(t, "uint32", Uint32__Sequence_to_C, Uint32__Sequence_to_Go, Uint32__Array_to_C, Uint32__Array_to_Go, math.MaxUint32, 0, 1)
	testNumbers(t, "uint64", Uint64__Sequence_to_C, Uint64__Sequence_to_Go, Uint64__Array_to_C, Uint64__Array_to_Go, math.MaxUint64, 0, 1)
}

func TestBoolFromCIsZeroOrOne(t *testing.T) {
	array := make([]CBool, 2)
	*(*uint8)(unsafe.Pointer(&array[0])) = 2
	got := make([]bool, 2)
	Bool__Array_to_Go(got, array)
	if b := *(*uint8)(unsafe.Pointer(&got[0])); b != 1 || got[1] {
		t.Errorf("got %d and %v, want 1 and false", b, got[1])
	}
}

// lyrical is the layout of sequences of numbers since ROS 2 Lyrical, for distributions before.
type lyrical struct {
	sequence
	is_rosidl_buffer, owns_rosidl_buffer bool
}

func TestSequenceWithoutAnArrayIsRefused(t *testing.T) {
	flag := offsetOf(reflect.TypeFor[lyrical](), "is_rosidl_buffer")
	if want := unsafe.Sizeof(sequence{}); flag != want {
		t.Fatalf("the flag is at %d, want %d", flag, want)
	}
	panics := func(s *lyrical) (refused error) {
		defer func() { refused, _ = recover().(error) }()
		if got := arrayAt(unsafe.Pointer(s), flag); got != &s.sequence {
			t.Errorf("got %p, want %p", got, &s.sequence)
		}
		return nil
	}
	if err := panics(&lyrical{owns_rosidl_buffer: true}); err != nil {
		t.Errorf("an array is refused: %v", err)
	}
	if err := panics(&lyrical{is_rosidl_buffer: true}); err != (NoArray{}) {
		t.Errorf("a buffer: got %v", err)
	}
}

// On a distribution whose sequences have the flag, the conversions look at it.
func TestConversionsRefuseASequenceWithoutAnArray(t *testing.T) {
	if bufferFlag == 0 {
		if size := unsafe.Sizeof(CUint8__Sequence{}); size != unsafe.Sizeof(sequence{}) {
			t.Fatalf("a sequence of numbers has %d bytes: more than data, size and capacity", size)
		}
		return
	}
	var numbers CFloat64__Sequence
	var flags CBool__Sequence
	for name, convert := range map[string]func(){
		"numbers to Go": func() { var s []float64; Float64__Sequence_to_Go(&s, numbers) },
		"numbers to C":  func() { Float64__Sequence_to_C(&numbers, []float64{1}) },
		"bools to Go":   func() { var s []bool; Bool__Sequence_to_Go(&s, flags) },
		"bools to C":    func() { Bool__Sequence_to_C(&flags, []bool{true}) },
	} {
		for _, p := range []unsafe.Pointer{unsafe.Pointer(&numbers), unsafe.Pointer(&flags)} {
			*(*byte)(unsafe.Add(p, bufferFlag)) = 1
		}
		func() {
			defer func() {
				if refused := recover(); refused != (NoArray{}) {
					t.Errorf("%s: got %v", name, refused)
				}
			}()
			convert()
		}()
	}
}

func TestSequenceThatFitsIsNotAllocatedAnew(t *testing.T) {
	var seq CUint8__Sequence
	Uint8__Sequence_to_C(&seq, make([]uint8, 100))
	before := unsafe.Pointer(seq.data)
	Uint8__Sequence_to_C(&seq, []uint8{1, 2, 3})
	if unsafe.Pointer(seq.data) != before || seq.size != 3 || seq.capacity != 100 {
		t.Errorf("moved, or size %d and capacity %d, want 3 and 100", seq.size, seq.capacity)
	}
	cmemory.FreeUint8Sequence(unsafe.Pointer(&seq))
}

var texts = []string{"", "text", "with\x00NUL", "日本語 🎥 é", strings.Repeat("long ", 10_000), "short"}

func TestStringsSurviveTheWayToCAndBack(t *testing.T) {
	var c CString
	for _, want := range texts {
		StringAsCStruct(unsafe.Pointer(&c), want)
		if int(c.size) != len(want) || c.capacity <= c.size {
			t.Fatalf("size %d, capacity %d, want %d and room for a NUL", c.size, c.capacity, len(want))
		}
		if end := unsafe.Slice((*byte)(unsafe.Pointer(c.data)), c.size+1)[c.size]; end != 0 {
			t.Errorf("%.20q ends with %d", want, end)
		}
		got := "before"
		StringAsGoStruct(&got, unsafe.Pointer(&c))
		if got != want {
			t.Errorf("got %.50q, want %.50q", got, want)
		}
	}
	cmemory.FreeString(unsafe.Pointer(&c))
	var zero CString
	got := "before"
	if StringAsGoStruct(&got, unsafe.Pointer(&zero)); got != "" {
		t.Errorf("got %q of a zero string, want an empty one", got)
	}
}

func TestWideStringsSurviveTheWayToCAndBack(t *testing.T) {
	var c CU16String
	for _, want := range texts {
		U16StringAsCStruct(unsafe.Pointer(&c), want)
		got := "before"
		U16StringAsGoStruct(&got, unsafe.Pointer(&c))
		if got != want {
			t.Errorf("got %.50q, want %.50q", got, want)
		}
	}
	U16StringAsCStruct(unsafe.Pointer(&c), "a🎥")
	units := unsafe.Slice((*uint16)(unsafe.Pointer(c.data)), int(c.size))
	if want := []uint16{'a', 0xd83c, 0xdfa5}; !slices.Equal(units, want) {
		t.Errorf("got units %#x, want %#x", units, want)
	}
	// Half a pair, and bytes that are no UTF-8.
	units[2] = 'b'
	var got string
	U16StringAsGoStruct(&got, unsafe.Pointer(&c))
	if got != "a\ufffdb" {
		t.Errorf("got %q, want %q", got, "a\ufffdb")
	}
	U16StringAsCStruct(unsafe.Pointer(&c), "a\xffb")
	U16StringAsGoStruct(&got, unsafe.Pointer(&c))
	if got != "a\ufffdb" {
		t.Errorf("got %q, want %q", got, "a\ufffdb")
	}
	cmemory.FreeU16String(unsafe.Pointer(&c))
}

func TestSequencesAndArraysOfStrings(t *testing.T) {
	var seq CString__Sequence
	var wide CU16String__Sequence
	for _, want := range [][]string{texts, texts[:1], nil, {}, texts[2:]} {
		String__Sequence_to_C(&seq, want)
		got := []string{"before"}
		String__Sequence_to_Go(&got, seq)
		if !slices.Equal(got, want) {
			t.Errorf("got %.50q, want %.50q", got, want)
		}
		U16String__Sequence_to_C(&wide, want)
		got = []string{"before"}
		U16String__Sequence_to_Go(&got, wide)
		if !slices.Equal(got, want) {
			t.Errorf("wide: got %.50q, want %.50q", got, want)
		}
	}
	array := unsafe.Slice(seq.data, int(seq.size))
	String__Array_to_C(array, []string{"first"})
	got := make([]string, 2)
	String__Array_to_Go(got, array)
	if want := []string{"first", texts[3]}; !slices.Equal(got, want) {
		t.Errorf("array: got %q, want %q", got, want)
	}
	wideArray := unsafe.Slice(wide.data, int(wide.size))
	U16String__Array_to_C(wideArray, []string{"first"})
	U16String__Array_to_Go(got, wideArray)
	if want := []string{"first", texts[3]}; !slices.Equal(got, want) {
		t.Errorf("wide array: got %q, want %q", got, want)
	}
	String__Sequence_to_C(&seq, nil)
	U16String__Sequence_to_C(&wide, nil)
	if seq.data != nil || wide.data != nil {
		t.Error("an empty sequence has memory")
	}
}

func TestCopyingNumbersAndStringsToCDoesNotAllocate(t *testing.T) {
	var seq CUint8__Sequence
	var c CString
	data, text := make([]uint8, 1<<20), strings.Repeat("x", 1000)
	if n := testing.AllocsPerRun(10, func() {
		Uint8__Sequence_to_C(&seq, data)
		StringAsCStruct(unsafe.Pointer(&c), text)
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
	cmemory.FreeUint8Sequence(unsafe.Pointer(&seq))
	cmemory.FreeString(unsafe.Pointer(&c))
}

// uncached is the setting of the GNU C library by which a thread keeps no freed memory, which
// would count as given out.
const uncached = "GLIBC_TUNABLES=glibc.malloc.tcache_count=0"

// TestNothingLeaks copies into the same destinations again and again, in a process without
// caches of freed memory: how many rounds fill them depends on chance.
func TestNothingLeaks(t *testing.T) {
	if !slices.Contains(os.Environ(), uncached) {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), uncached)
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	var seq CUint8__Sequence
	var c CString
	var list CString__Sequence
	var wide CU16String__Sequence
	round := func() {
		for i := range 100 {
			Uint8__Sequence_to_C(&seq, make([]uint8, i*1000))
			StringAsCStruct(unsafe.Pointer(&c), strings.Repeat("x", i*1000))
			String__Sequence_to_C(&list, texts[i%3:])
			U16String__Sequence_to_C(&wide, texts[i%3:])
		}
		cmemory.FreeUint8Sequence(unsafe.Pointer(&seq))
		cmemory.FreeString(unsafe.Pointer(&c))
		String__Sequence_to_C(&list, nil)
		U16String__Sequence_to_C(&wide, nil)
	}
	// Other memory comes in the first rounds, as for new threads. A leak would be in all.
	var growth int64
	for range 20 {
		before := cmemory.HeapInUse()
		round()
		if growth = cmemory.HeapInUse() - before; growth <= 0 {
			return
		}
	}
	t.Errorf("C's heap grows by %d bytes in each round", growth)
}

func BenchmarkUint8SequenceToC(b *testing.B) {
	var seq CUint8__Sequence
	data := make([]uint8, 1920*1080*3)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		Uint8__Sequence_to_C(&seq, data)
	}
	cmemory.FreeUint8Sequence(unsafe.Pointer(&seq))
}
