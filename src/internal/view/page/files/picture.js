// The live picture: draws each one as it comes, and acknowledges it, so that the server
// sends the next. It counts those that the server left out meanwhile.

import { Rate } from './rate.js';

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
  #number = 0;
  #drawn = Promise.resolve(); // once all pictures that came are drawn

  constructor(canvas, link, clock) {
    this.#canvas = canvas;
    this.#link = link;
    this.#clock = clock;
    link.addEventListener('picture', ({ detail }) => {
      // One after the other: decoders may finish a newer picture before an older one.
      const draw = () => this.#draw(detail);
      this.#drawn = this.#drawn.then(draw, draw);
    });
    link.addEventListener('open', () => { this.#number = 0; });
  }

  // show shows another topic from now on.
  show(topic) {
    if (topic === this.topic) {
      return;
    }
    Object.assign(this, { topic, dropped: 0, damaged: 0, latency: NaN, newest: null });
    this.rate.clear();
    this.#number = 0;
    this.#canvas.getContext('2d').clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  // size returns width and height [pixels].
  size() {
    return [this.#canvas.width, this.#canvas.height];
  }

  // pause forgets the number of the last picture: those that follow until the next one are
  // not left out, but not wanted.
  pause() {
    this.#number = 0;
  }

  async #draw({ header, payload }) {
    const file = new Blob([payload], { type: header.mediaType });
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
    } catch {
      this.damaged++;
    }
    this.#link.send({ acknowledge: header.topic });
    if (header.topic === this.topic && bitmap) {
      this.#put(bitmap, header, file);
    }
    bitmap?.close();
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
    this.rate.add();
  }
}
