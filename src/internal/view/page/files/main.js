// The page: connects its parts, and draws their figures.

import { Clock } from './clock.js';
import { download } from './download.js';
import { Levels } from './levels.js';
import { Link } from './link.js';
import { Listen } from './listen.js';
import { Nodes } from './nodes.js';
import { PacedSound } from './paced.js';
import { Picture } from './picture.js';
import { Presentation } from './presentation.js';
import { Sound } from './sound.js';
import { Spectrogram } from './spectrogram.js';
import { Streams, fill } from './streams.js';
import { Waveform } from './waveform.js';
import { encode } from './wav.js';

const element = (id) => document.getElementById(id);
const say = (id, text) => {
  if (element(id).textContent !== text) {
    element(id).textContent = text;
  }
};
const notice = (id, text) => {
  say(id, text);
  element(id).hidden = !text;
};

const link = new Link();
const clock = new Clock(link);
const streams = new Streams(link);
const nodes = new Nodes(element('status'), link, clock);
const sound = new Sound(link, clock);
const listen = new Listen(sound);
const presentation = new Presentation(clock, sound, listen);
const paced = new PacedSound(sound, presentation);
const picture = new Picture(element('picture-canvas'), link, clock, presentation);
const levels = new Levels(element('levels'), paced);
const waveform = new Waveform(element('waveform'), paced);
const spectrogram = new Spectrogram(element('spectrogram'), paced);
const problems = new Map(); // by topic, as the server tells them
let connected = false;

// show tells the server what is looked at: nothing in a hidden page, but what is heard.
function show() {
  picture.show(streams.picture);
  sound.show(streams.sound);
  const topics = [];
  if (!document.hidden) {
    topics.push(streams.picture, '/diagnostics');
  }
  if (!document.hidden || listen.on) {
    topics.push(streams.sound);
  } else {
    sound.pause();
  }
  const shown = topics.filter((topic) => topic && streams.has(topic));
  link.send({ show: shown });
  for (const topic of problems.keys()) {
    if (!shown.includes(topic)) {
      problems.delete(topic); // the server tells it again with the next feed, if it lasts
    }
  }
}

link.addEventListener('open', () => {
  connected = true;
  problems.clear();
  picture.pause();
  sound.pause();
  say('link', 'connected');
});
link.addEventListener('lost', ({ detail }) => {
  connected = false;
  say('link', `${detail}; trying again`);
});
link.addEventListener('message', ({ detail }) => {
  if (detail.type === 'problem') {
    problems.set(detail.topic, detail.text);
  }
});
for (const kind of ['picture', 'sound']) {
  link.addEventListener(kind, ({ detail }) => problems.delete(detail.header.topic));
}
streams.addEventListener('change', () => {
  show();
  fill(element('picture-choice'), streams.of('pictures'), streams.picture);
  fill(element('sound-choice'), streams.of('sound'), streams.sound);
  drawViews();
});
document.addEventListener('visibilitychange', () => {
  picture.pause(); // also for what was on the way when the page was hidden
  show();
});
sound.addEventListener('begin', () => {
  const count = sound.format?.channels ?? 0;
  element('channel-label').hidden = count < 2;
  element('channel').replaceChildren(...Array.from({ length: count }, (_, i) => new Option(i + 1, i)));
  spectrogram.channel = waveform.channel = 0;
});

element('picture-choice').addEventListener('change', ({ target }) => streams.choose({ picture: target.value }));
element('sound-choice').addEventListener('change', ({ target }) => streams.choose({ sound: target.value }));
element('channel').addEventListener('change', ({ target }) => {
  spectrogram.channel = waveform.channel = Number(target.value);
});
element('snapshot').addEventListener('click', () => {
  download(picture.newest, picture.topic, picture.newest.type.split('/')[1].replace('jpeg', 'jpg'));
});
element('save').addEventListener('click', () => download(encode(sound.blocks, sound.format), sound.topic, 'wav'));
element('logarithmic').addEventListener('click', ({ currentTarget }) => {
  spectrogram.logarithmic = !spectrogram.logarithmic;
  currentTarget.setAttribute('aria-pressed', spectrogram.logarithmic);
});
element('listen').addEventListener('click', async () => {
  await listen.turn(!listen.on);
  element('listen').setAttribute('aria-pressed', listen.on);
  show();
});
document.addEventListener('keydown', (event) => {
  const id = { s: 'snapshot', l: 'listen', w: 'save', f: 'logarithmic' }[event.key.toLowerCase()];
  if (id && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.matches('select')) {
    element(id).click();
  }
});

// drawViews makes a button for each topic of the camera. Buttons stay while the topics do,
// and so does the focus.
function drawViews() {
  const box = element('views');
  const topics = streams.siblings().map(({ topic }) => topic);
  if (topics.join() !== [...box.children].map((button) => button.value).join()) {
    box.replaceChildren(...topics.map((topic) => {
      const button = document.createElement('button');
      button.value = topic;
      button.textContent = topic.split('/').at(-1);
      button.addEventListener('click', () => streams.choose({ picture: topic }));
      return button;
    }));
  }
  for (const button of box.children) {
    button.setAttribute('aria-pressed', button.value === streams.picture);
  }
}

// missing returns the advice for a topic from which nothing comes.
function missing(topic, kind, rate) {
  if (!connected || !streams.all.length) {
    return '';
  }
  if (!topic) {
    return `Nobody publishes ${kind}.`;
  }
  const node = streams.all.find((s) => s.topic === topic)?.node ?? '';
  if (!node) {
    return `${topic} is not there any more: the node has ended, or cannot be reached. It is shown again when it comes back.`;
  }
  if (problems.get(topic)) {
    return `${topic}: ${problems.get(topic)}`;
  }
  if (rate > 0) {
    return '';
  }
  const status = nodes.of(node);
  if (!status) {
    return `Nothing comes from ${topic}.`;
  }
  const name = topic.split('/').at(-1);
  const own = new Map(status.values).get(name); // of this topic, as of planes
  return `Nothing comes from ${topic}: ${status.message}${own ? `; ${name}: ${own}` : ''}`;
}

// value returns a value of a node's status.
function value(topic, ...keys) {
  const node = streams.all.find((s) => s.topic === topic)?.node ?? '';
  const values = new Map(node ? nodes.of(node)?.values ?? [] : []);
  return keys.some((key) => values.has(key)) ? keys.reduce((sum, key) => sum + Number(values.get(key) ?? 0), 0) : NaN;
}

const number = (v, digits, unit) => (Number.isFinite(v) ? `${v.toFixed(digits)} ${unit}` : '–');

// tell writes all figures, some times a second.
function tell() {
  notice('notice', connected && !streams.all.length
    ? `There is nothing to see: nobody publishes images or sound in this ROS domain.
       Start the nodes: ros2 run av_capture av_capture
       If they run, compare ROS_DOMAIN_ID, and ROS_AUTOMATIC_DISCOVERY_RANGE, with those of av_view.`
    : streams.leftOut
      ? `Topics that are not listed, since there are too many: ${streams.leftOut}.`
      : '');
  const pictureRate = picture.rate.value();
  notice('picture-notice', missing(streams.picture, 'pictures', pictureRate));
  element('snapshot').disabled = !picture.newest;
  say('picture-rate', number(pictureRate, 1, 'images/s'));
  say('picture-size', picture.newest ? picture.size().join('x') : '–');
  say('picture-latency', number(picture.latency, 1, 'ms'));
  say('picture-dropped', picture.damaged ? `${picture.dropped}, and ${picture.damaged} damaged` : `${picture.dropped}`);
  say('picture-lost', number(value(streams.picture, 'drops', 'damaged'), 0, 'images'));

  const { format } = sound;
  notice('sound-notice', missing(streams.sound, 'sound', sound.rate.value()));
  element('listen').disabled = element('save').disabled = !format;
  say('sound-format', format ? `${format.rate} Hz, ${format.channels} channel${format.channels > 1 ? 's' : ''}, ${format.encoding}` : '–');
  say('sound-rate', number(sound.rate.value(), 0, 'audio frames/s'));
  say('sound-latency', number(sound.latency, 1, 'ms'));
  say('sound-dropped', `${sound.dropped} audio frames`);
  say('sound-lost', `${sound.lost} audio frames`);
  say('listening', heard());
  const strongest = spectrogram.strongest();
  say('strongest', strongest && strongest.level > -100
    ? `strongest ${strongest.frequency.toFixed(1)} Hz, ${strongest.level.toFixed(1)} dBFS` : '');
  nodes.draw();
}

// heard returns the state of the listen button in words.
function heard() {
  if (!listen.on || listen.problem) {
    return listen.problem;
  }
  const latency = listen.latency();
  if (!Number.isFinite(latency)) {
    return 'waiting for sound …';
  }
  const { underruns, skipped, adapted } = listen.report;
  const skew = presentation.skew();
  return [`heard ${latency.toFixed(0)} ms late`,
    Number.isFinite(skew) && `the picture ${Math.abs(skew).toFixed(0)} ms ${skew < 0 ? 'before' : 'after'} its sound`,
    underruns && `${underruns} underrun${underruns > 1 ? 's' : ''}`,
    skipped && `${skipped} audio frames skipped`,
    adapted && `${adapted} left out or repeated, as clocks differ`].filter(Boolean).join(', ');
}

// draw draws what moves.
function draw() {
  const style = getComputedStyle(document.documentElement);
  picture.draw();
  paced.release();
  levels.draw(style);
  waveform.draw(style);
  spectrogram.draw(style);
  const reading = spectrogram.reading();
  say('cursor', reading
    ? `${reading.frequency.toFixed(0)} Hz, ${reading.level.toFixed(1)} dBFS, ${reading.age.toFixed(2)} s ago`
    : 'point at the spectrogram to read it');
  requestAnimationFrame(draw);
}

setInterval(tell, 250);
draw();
link.open();
