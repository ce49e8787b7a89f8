// Samples as numbers from -1 to 1.

// Encodings, by the names of av_capture/AudioData: bytes, the number that stands for 1, and
// how a sample is read.
const ENCODINGS = {
  U8: { size: 1, full: 128, read: (view, at) => view.getUint8(at) - 128 },
  S16LE: { size: 2, full: 2 ** 15, read: (view, at) => view.getInt16(at, true) },
  S24LE: { size: 3, full: 2 ** 23, read: (view, at) => view.getUint16(at, true) | view.getInt8(at + 2) << 16 },
  S32LE: { size: 4, full: 2 ** 31, read: (view, at) => view.getInt32(at, true) },
  F32LE: { size: 4, full: 1, read: (view, at) => view.getFloat32(at, true) },
};

// sizeOf returns the bytes of a sample.
export const sizeOf = (encoding) => ENCODINGS[encoding].size;

// highest returns the largest sample of an encoding: what is as large is clipped.
export function highest(encoding) {
  const { full } = ENCODINGS[encoding];
  return full === 1 ? 1 : 1 - 1 / full;
}

// deinterleave returns the samples of each channel, as a Float32Array for each.
export function deinterleave(bytes, encoding, channels) {
  const { size, full, read } = ENCODINGS[encoding];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = Math.floor(bytes.byteLength / (size * channels));
  const out = Array.from({ length: channels }, () => new Float32Array(frames));
  for (let frame = 0, at = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++, at += size) {
      out[channel][frame] = read(view, at) / full;
    }
  }
  return out;
}
