// The listen button: plays the sound of the topic through the audio thread, at its own
// rate, and tells how late it is heard.

const SILENT = 1000; // [ms] without a report: the audio thread stands still

export class Listen {
  on = false;
  problem = '';
  report = null; // of the player, see player.js, and when it arrived [ms]
  #context = null;
  #node = null;
  #sound;

  constructor(sound) {
    this.#sound = sound;
    sound.addEventListener('begin', () => this.#restart());
    sound.addEventListener('samples', ({ detail }) => this.#play(detail));
  }

  // turn turns it on or off. It is to be called for a press of a key or button: browsers
  // allow sound only then.
  async turn(on) {
    this.on = on;
    await this.#restart();
  }

  // heard returns the index of the audio frame that leaves the loudspeaker now, NaN while
  // nothing is heard.
  heard() {
    if (!this.#context || !this.report?.playing || performance.now() - this.report.arrived > SILENT) {
      return NaN;
    }
    return this.report.next + (this.#output() - this.report.time) * this.#context.sampleRate;
  }

  // latency returns the time from acquisition to the loudspeaker [ms], NaN while nothing is
  // heard.
  latency() {
    const index = this.heard();
    return Number.isFinite(index) ? this.#sound.age(index) : NaN;
  }

  // #output returns the time, on the clock of the context, of what leaves the loudspeaker
  // now [s].
  #output() {
    const { contextTime, performanceTime } = this.#context.getOutputTimestamp();
    return performanceTime > 0
      ? contextTime + (performance.now() - performanceTime) / 1000
      : this.#context.currentTime - (this.#context.outputLatency || this.#context.baseLatency);
  }

  async #restart() {
    this.#context?.close();
    this.#context = this.#node = this.report = null;
    this.problem = '';
    if (!this.on || !this.#sound.format) {
      return;
    }
    if (!globalThis.isSecureContext) {
      const port = location.port || 80;
      this.problem = `Browsers play live sound from 127.0.0.1 and https only: use ssh -L ${port}:127.0.0.1:${port} to this host, and open 127.0.0.1.`;
      return;
    }
    const { rate, channels } = this.#sound.format;
    let context;
    try {
      context = this.#context = new AudioContext({ sampleRate: rate, latencyHint: 'interactive' });
      await context.audioWorklet.addModule('player.js');
    } catch (error) {
      if (context === this.#context) {
        this.problem = `This browser cannot play ${rate} Hz: ${error.message}`;
      }
      return;
    }
    if (context !== this.#context) {
      return; // restarted meanwhile
    }
    this.#node = new AudioWorkletNode(context, 'player', { numberOfInputs: 0, outputChannelCount: [Math.min(channels, 2)] });
    this.#node.port.onmessage = ({ data }) => {
      if (context === this.#context) { // not the last words of a former one
        this.report = { ...data, arrived: performance.now() };
      }
    };
    this.#node.connect(context.destination);
    context.resume().catch(() => {}); // it never ends where there is no loudspeaker
  }

  #play({ channels, first }) {
    this.#node?.port.postMessage({ first, channels: channels.slice(0, 2) });
  }
}
