// Messages of the server: JSON as text; pictures and sound as the length of a header
// (4 bytes, the least significant first), the header in JSON, and the payload.

const text = new TextDecoder();

// decode returns the header of a binary message, and its payload as bytes.
export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  return {
    header: JSON.parse(text.decode(new Uint8Array(buffer, 4, length))),
    payload: new Uint8Array(buffer, 4 + length),
  };
}
