// What is shown and heard is in step: pictures and sound of one instant, by their stamps, are
// presented at one time.
//
// While sound is heard, that is when it leaves the loudspeaker: pictures and the drawings of
// the sound wait for it. Otherwise pictures are drawn as they come, and the drawings of the
// sound, which comes sooner, wait for them.

import { Median } from './median.js';

const LONGEST = 2000; // [ms] that anything waits: stamps that want more are of other clocks
const LEAD = 8; // [ms] half of a screen's refresh, by which a drawing is late on average
const PICTURES = 30; // of the medians

export class Presentation {
  #clock;
  #sound;
  #listen;
  #delay = new Median(PICTURES); // [ms] from acquisition of pictures to their drawing
  #skew = new Median(PICTURES); // [ms]

  constructor(clock, sound, listen) {
    this.#clock = clock;
    this.#sound = sound;
    this.#listen = listen;
  }

  // waits reports whether a picture has to wait for its sound.
  waits(stamp) {
    const early = stamp - LEAD - this.#heard();
    return early > 0 && early < LONGEST; // not while nothing is heard, which is NaN
  }

  // drawn notes that a picture is drawn now.
  drawn(stamp, arrived) {
    const heard = this.#heard();
    if (Number.isFinite(heard)) {
      this.#skew.add(heard - stamp);
    } else {
      this.#skew.clear();
      this.#delay.add(this.#clock.since(stamp, arrived));
    }
  }

  // forget forgets the pictures: others follow, or none.
  forget() {
    this.#delay.clear();
    this.#skew.clear();
  }

  // skew returns by how much pictures are later than their sound [ms], the median; NaN while
  // nothing is heard.
  skew() {
    return this.#skew.value();
  }

  // shown returns the index one past the newest audio frame that is to be drawn now: all of
  // them, Infinity, where neither a picture nor the loudspeaker is waited for.
  shown() {
    const heard = this.#listen.heard();
    if (Number.isFinite(heard)) {
      return heard;
    }
    const delay = this.#delay.value();
    return delay < LONGEST ? this.#sound.index(this.#clock.now() - delay) : Infinity;
  }

  // #heard returns the stamp of what is heard now, NaN while nothing is.
  #heard() {
    return this.#sound.stamp(this.#listen.heard());
  }
}
