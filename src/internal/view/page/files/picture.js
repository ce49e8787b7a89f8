// The live picture: draws each one as it comes, or, while sound is heard, with its sound, and
// acknowledges it, so that the server sends the next. It counts those that were left out
// meanwhile.

import { Rate } from './rate.js';

const MOST = 100; // pictures that wait for their sound

export class Picture {
  topic = '';
  dropped = 0; // images that came while the page was busy
  damaged = 0; // images that the browser cannot decode
  latency = NaN; // [ms] from acquisition to the drawing, of the newest
  rate = new Rate();
  newest = null; // its file as a Blob
  #canvas;
  #clock;
  #link;
  #presentation;
  #number = 0;
  #waiting = []; // {header, payload, early: it was acknowledged as it came}
  #decoding = null; // the one that is being decoded
  #decoded = null; // the next one that is drawn: {header, file, bitmap, early}

  constructor(canvas, link, clock, presentation) {
    this.#canvas = canvas;
    this.#link = link;
    this.#clock = clock;
    this.#presentation = presentation;
    link.addEventListener('picture', ({ detail: { header, payload } }) => {
      // What waits for its sound is not on the way any more.
      const early = this.#waiting.length < MOST && presentation.waits(header.stamp);
      if (early) {
        this.#acknowledge(header);
      }
      this.#waiting.push({ header, payload, early });
      this.#decode();
    });
  }

  // show shows another topic from now on.
  show(topic) {
    if (topic === this.topic) {
      return;
    }
    Object.assign(this, { topic, dropped: 0, damaged: 0, latency: NaN, newest: null });
    this.rate.clear();
    this.pause();
    this.#canvas.getContext('2d').clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  // size returns width and height [pixels].
  size() {
    return [this.#canvas.width, this.#canvas.height];
  }

  // pause forgets the number of the last picture, and those that wait: what comes until the
  // next one is not left out, but not wanted. The server sends no more of this topic, or
  // begins anew, so that nothing need be acknowledged.
  pause() {
    this.#number = 0;
    this.#waiting = [];
    this.#decoding = null;
    this.#decoded?.bitmap?.close();
    this.#decoded = null;
    this.#presentation.forget();
  }

  // draw draws the next picture, if it has not to wait.
  draw() {
    if (!this.#decoded || this.#presentation.waits(this.#decoded.header.stamp)) {
      return;
    }
    const { header, file, bitmap, early } = this.#decoded;
    this.#decoded = null;
    if (!early) {
      this.#acknowledge(header);
    }
    if (header.topic === this.topic && bitmap) {
      this.#put(bitmap, header, file);
    }
    bitmap?.close();
    this.#decode();
  }

  // #decode decodes the next picture, one at a time: decoders may finish a newer one before
  // an older one.
  async #decode() {
    if (this.#decoding || this.#decoded || !this.#waiting.length) {
      return;
    }
    const picture = this.#decoding = this.#next();
    const { header, payload, early } = picture;
    const file = new Blob([payload], { type: header.mediaType });
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
    } catch {
      // It is damaged.
    }
    if (picture !== this.#decoding) {
      bitmap?.close(); // paused meanwhile
      return;
    }
    this.damaged += bitmap ? 0 : 1;
    this.#decoded = { header, file, bitmap, early };
    this.#decoding = null;
    this.draw();
  }

  // #next takes the next picture, without those that have waited until another one is due.
  #next() {
    while (this.#waiting.length > 1 && this.#waiting[0].early && !this.#presentation.waits(this.#waiting[1].header.stamp)) {
      this.#waiting.shift();
    }
    return this.#waiting.shift();
  }

  #acknowledge({ topic }) {
    this.#link.send({ acknowledge: topic });
  }

  #put(bitmap, header, file) {
    if (this.#number && header.number > this.#number + 1) {
      this.dropped += header.number - this.#number - 1;
    }
    this.#number = header.number;
    if (this.#canvas.width !== bitmap.width || this.#canvas.height !== bitmap.height) {
      this.#canvas.width = bitmap.width;
      this.#canvas.height = bitmap.height;
    }
    this.#canvas.getContext('2d').drawImage(bitmap, 0, 0);
    this.newest = file;
    this.latency = this.#clock.since(header.stamp, header.arrived);
    this.#presentation.drawn(header.stamp, header.arrived);
    this.rate.add();
  }
}
