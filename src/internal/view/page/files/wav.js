// WAV files.

import { sizeOf } from './samples.js';

// encode returns the blocks of a sound as a WAV file, with their samples as they are, and
// silence where audio frames are missing.
export function encode(blocks, { rate, channels, encoding }) {
  const frame = sizeOf(encoding) * channels;
  const begin = blocks[0].first;
  const end = blocks.at(-1).first + blocks.at(-1).frames;
  const data = new Uint8Array((end - begin) * frame).fill(encoding === 'U8' ? 128 : 0);
  for (const { first, bytes } of blocks) {
    data.set(bytes, (first - begin) * frame);
  }
  const header = new DataView(new ArrayBuffer(44));
  const word = (at, text) => [...text].forEach((c, i) => header.setUint8(at + i, c.charCodeAt(0)));
  const odd = data.length % 2;
  word(0, 'RIFF');
  header.setUint32(4, 36 + data.length + odd, true);
  word(8, 'WAVEfmt ');
  header.setUint32(16, 16, true);
  header.setUint16(20, encoding === 'F32LE' ? 3 : 1, true);
  header.setUint16(22, channels, true);
  header.setUint32(24, rate, true);
  header.setUint32(28, rate * frame, true);
  header.setUint16(32, frame, true);
  header.setUint16(34, 8 * sizeOf(encoding), true);
  word(36, 'data');
  header.setUint32(40, data.length, true);
  return new Blob([header, data, new Uint8Array(odd)], { type: 'audio/wav' });
}
