// The live sound of a topic: puts its blocks in order, counts what is missing, and keeps the
// last seconds. Events: "begin" (the format is another, or the indices begin anew) and
// "samples" (detail: {channels, first, missing}: a Float32Array for each channel, the index
// of the first audio frame, and the number of audio frames that are missing before it).

import { deinterleave, sizeOf } from './samples.js';
import { Rate } from './rate.js';

export const KEPT = 30; // [s] that can be saved
const LONGEST_GAP = 5; // [s] what is longer is a new beginning

export class Sound extends EventTarget {
  topic = '';
  format = null; // {rate, channels, encoding}
  lost = 0; // audio frames that the node lost since the page shows it
  dropped = 0; // audio frames that were lost on the way to the page
  latency = NaN; // [ms] from acquisition of a block's last audio frame to its arrival
  rate = new Rate();
  blocks = []; // the last seconds: {first, frames, bytes}
  #clock;
  #next = NaN; // index one past the newest audio frame
  #lostBefore = 0;
  #reference = {}; // index, stamp [ms] and arrived [ms] of the newest block's first audio frame

  constructor(link, clock) {
    super();
    this.#clock = clock;
    link.addEventListener('sound', ({ detail }) => {
      if (detail.header.topic === this.topic) {
        this.#take(detail.header, detail.payload);
      }
    });
  }

  // show shows another topic from now on.
  show(topic) {
    if (topic === this.topic) {
      return;
    }
    Object.assign(this, { topic, format: null, lost: 0, dropped: 0, latency: NaN, blocks: [] });
    this.rate.clear();
    this.#next = NaN;
    this.dispatchEvent(new Event('begin'));
  }

  // pause leaves out of the count the audio frames that are missing until the next block.
  pause() {
    this.#next = NaN;
  }

  // age returns the time since the acquisition of an audio frame [ms].
  age(index) {
    return this.#clock.since(this.stamp(index), this.#reference.arrived);
  }

  // stamp returns when an audio frame was acquired [ms]; NaN before the first block.
  stamp(index) {
    const { index: from, stamp } = this.#reference;
    return stamp + (index - from) * 1000 / this.format?.rate;
  }

  // index is the inverse of stamp.
  index(time) {
    const { index: from, stamp } = this.#reference;
    return from + (time - stamp) * this.format?.rate / 1000;
  }

  #take(header, bytes) {
    const { first, rate, channels, encoding } = header;
    const frames = bytes.length / (sizeOf(encoding) * channels);
    let missing = this.#step(header);
    if (missing === null) {
      this.format = { rate, channels, encoding };
      this.blocks = [];
      missing = 0;
      this.dispatchEvent(new Event('begin'));
    } else if (missing > 0) {
      const lost = Math.min(Math.max(header.lost - this.#lostBefore, 0), missing);
      this.lost += lost;
      this.dropped += missing - lost;
    }
    this.#next = first + frames;
    this.#lostBefore = header.lost;
    this.#reference = { index: first, stamp: header.stamp, arrived: header.arrived };
    this.#keep({ first, frames, bytes });
    this.latency = this.age(this.#next);
    this.rate.add(frames);
    this.dispatchEvent(new CustomEvent('samples', {
      detail: { channels: deinterleave(bytes, encoding, channels), first, missing },
    }));
  }

  // #step returns the number of audio frames that are missing, null for a new beginning.
  #step({ first, rate, channels, encoding }) {
    const f = this.format;
    if (!f || f.rate !== rate || f.channels !== channels || f.encoding !== encoding) {
      return null;
    }
    const missing = first - this.#next;
    return missing >= 0 && missing <= LONGEST_GAP * rate ? missing : null;
  }

  #keep(block) {
    this.blocks.push(block);
    const begin = this.#next - KEPT * this.format.rate;
    let old = 0;
    while (this.blocks[old].first + this.blocks[old].frames < begin) {
      old++;
    }
    this.blocks.splice(0, old);
  }
}
