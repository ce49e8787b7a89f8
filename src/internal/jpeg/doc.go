// Package jpeg checks and decodes the JPEG files of cameras: [Check] finds the file in a
// camera's buffer and checks its structure, [AppendWithTables] inserts the Huffman tables
// that many cameras leave out, and [Decoder] decodes the pixels.
//
// Cables and hubs lose packets, so that damage is an ordinary case: it is an error that
// wraps [ErrDamaged], and pixels of a damaged file are never returned. The decoder is
// libjpeg-turbo, called directly: OpenCV's imdecode prints the library's warnings to
// stderr instead of reporting them, and keeps the previous image when it fails.
//
// # Damage
//
// [Check] reads the structure alone (ITU-T T.81, annex B). It finds a file that is cut
// off, contains the beginning of another one, or lacks a restart interval. Only decoding
// finds changes of the entropy-coded data: [Decoder.Decode], or [Verifier], which makes no
// pixels.
//
// Deviations of intact cameras that change no pixel are allowed: zeros and fill bytes
// before the file, any bytes after it, two start markers, a few stray bytes before a marker
// (Logitech, before restart markers), parameters of a scan that only progressive files use
// (Foscam), an unknown version of JFIF, missing Huffman tables.
package jpeg
