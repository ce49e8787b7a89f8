// The sound for its drawings: hands the samples on when they are to be drawn, in step with
// pictures and loudspeaker. Events: those of Sound.

export class PacedSound extends EventTarget {
  #sound;
  #presentation;
  #waiting = []; // details of "samples"
  #end = NaN; // index one past the newest that waits

  constructor(sound, presentation) {
    super();
    this.#sound = sound;
    this.#presentation = presentation;
    sound.addEventListener('begin', () => {
      this.#waiting = [];
      this.dispatchEvent(new Event('begin'));
    });
    sound.addEventListener('samples', ({ detail }) => {
      this.#waiting.push(detail);
      this.#end = detail.first + detail.channels[0].length;
      this.release();
    });
  }

  get format() {
    return this.#sound.format;
  }

  // release hands on the samples that are due.
  release() {
    if (!this.#waiting.length) {
      return;
    }
    const due = this.#presentation.due(this.#end);
    while (this.#waiting.length) {
      const { channels, first, missing } = this.#waiting[0];
      const count = Math.min(due - first, channels[0].length);
      if (count <= 0 && channels[0].length) {
        return;
      }
      const part = (from, to) => channels.map((samples) => samples.subarray(from, to));
      if (count === channels[0].length) {
        this.#waiting.shift();
      } else {
        this.#waiting[0] = { channels: part(count), first: first + count, missing: 0 };
      }
      this.dispatchEvent(new CustomEvent('samples', { detail: { channels: part(0, count), first, missing } }));
    }
  }
}
