// The part of the player in the audio thread. Messages to it: {first, channels}, consecutive
// but where first says otherwise. What is missing is silence. Messages from it, some a
// second and when it begins or ends to play: {playing, next, time, underruns, skipped,
// adapted}, where next is the index of the audio frame that is played at time [s], on the
// clock of the context.

const TARGET = 0.2; // [s] that waits before it is played
const LIMIT = 1; // [s] what is more than that is skipped down to TARGET
const TOLERANCE = 0.05; // [s] of the mean, before the clocks are taken to differ
const MEAN = 2; // [s] of the mean
const LONGEST_GAP = 5; // [s] what is longer is left out
const REPORT = 0.1; // [s]

class Player extends AudioWorkletProcessor {
  #queue = []; // {first, frames, channels}; channels null is silence
  #fill = 0; // [audio frames] in the queue
  #at = 0; // in the first entry
  #end = NaN; // index one past the newest audio frame
  #next = NaN; // index of the next audio frame that is played
  #playing = false;
  #mean = TARGET * sampleRate;
  #sinceReport = 0;
  #underruns = 0; // times that the queue ran empty
  #skipped = 0; // audio frames, because too many waited
  #adapted = 0; // audio frames that were left out or repeated, as the clocks differ

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#put(data);
  }

  #put({ first, channels }) {
    const missing = first - this.#end;
    if (missing > 0 && missing <= LONGEST_GAP * sampleRate) {
      this.#push({ first: this.#end, frames: missing, channels: null });
    } else if (missing < 0) {
      this.#queue = []; // another beginning
      this.#fill = this.#at = 0;
    }
    this.#push({ first, frames: channels[0].length, channels });
    this.#end = first + channels[0].length;
    if (this.#fill > LIMIT * sampleRate) {
      const over = this.#fill - TARGET * sampleRate;
      this.#skip(over);
      this.#skipped += over;
      this.#mean = this.#fill;
    }
  }

  #push(entry) {
    this.#queue.push(entry);
    this.#fill += entry.frames;
  }

  process(inputs, [output]) {
    const wanted = output[0].length;
    const before = this.#playing;
    this.#playing ||= this.#fill >= TARGET * sampleRate;
    if (this.#playing) {
      this.#play(output, wanted);
    }
    this.#sinceReport += wanted;
    if (this.#playing !== before || this.#sinceReport >= REPORT * sampleRate) {
      this.#sinceReport = 0;
      this.port.postMessage({
        playing: this.#playing, next: this.#next, time: currentTime + wanted / sampleRate,
        underruns: this.#underruns, skipped: this.#skipped, adapted: this.#adapted,
      });
    }
    return true;
  }

  #play(output, wanted) {
    this.#adapt(wanted);
    for (let done = 0; done < wanted;) {
      const entry = this.#queue[0];
      if (!entry) {
        this.#playing = false; // the rest is silence, until TARGET waits again
        this.#underruns++;
        this.#mean = TARGET * sampleRate;
        return;
      }
      const count = Math.min(entry.frames - this.#at, wanted - done);
      if (entry.channels) {
        output.forEach((out, i) => out.set(entry.channels[i].subarray(this.#at, this.#at + count), done));
      }
      this.#next = entry.first + this.#at + count;
      this.#skip(count);
      done += count;
    }
  }

  // #adapt leaves one audio frame out, or plays it twice, where the fill says that the
  // clock of the loudspeaker and that of the microphone differ.
  #adapt(wanted) {
    this.#mean += (this.#fill - this.#mean) * wanted / (MEAN * sampleRate);
    const off = this.#mean - TARGET * sampleRate;
    if (Math.abs(off) < TOLERANCE * sampleRate) {
      return;
    }
    if (off > 0 && this.#fill > wanted + 1) {
      this.#skip(1);
    } else if (off < 0 && this.#at > 0) {
      this.#at--;
      this.#fill++;
    } else {
      return;
    }
    this.#mean -= Math.sign(off);
    this.#adapted++;
  }

  #skip(count) {
    this.#fill -= count;
    for (let left = this.#at + count; ;) {
      const entry = this.#queue[0];
      if (!entry || left < entry.frames) {
        this.#at = entry ? left : 0;
        return;
      }
      left -= entry.frames;
      this.#queue.shift();
    }
  }
}

registerProcessor('player', Player);
