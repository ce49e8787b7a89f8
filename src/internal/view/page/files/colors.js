// The colours of levels, from dark to bright, of equal steps to the eye: black, blue,
// red, yellow, white, between which is interpolated.

const STOPS = [[0, 0, 4], [40, 11, 84], [101, 21, 110], [159, 42, 99], [212, 72, 66], [245, 125, 21], [250, 193, 39], [252, 255, 164]];

const TABLE = Array.from({ length: 256 }, (_, i) => {
  const at = i / 255 * (STOPS.length - 1);
  const from = Math.min(Math.floor(at), STOPS.length - 2);
  return [...STOPS[from].map((v, c) => Math.round(v + (STOPS[from + 1][c] - v) * (at - from))), 255];
});

// gradient returns red, green, blue and opacity of a value from 0 to 1; others are limited.
export const gradient = (value) => TABLE[Math.round(Math.min(Math.max(value, 0), 1) * 255)];
