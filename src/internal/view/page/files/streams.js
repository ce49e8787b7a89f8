// The streams that can be shown, and the chosen ones.

// Streams keeps the list of the server, and the choice of the user, which stays while a
// stream is away.
export class Streams extends EventTarget {
  all = []; // {topic, kind, node}
  leftOut = 0; // number of further ones, which the server does not list
  picture = '';
  sound = '';

  constructor(link) {
    super();
    link.addEventListener('message', ({ detail }) => {
      if (detail.type === 'streams') {
        this.all = detail.streams;
        this.leftOut = detail.leftOut;
        this.#choose();
      }
    });
  }

  of(kind) {
    return this.all.filter((s) => s.kind === kind);
  }

  // siblings returns the streams of pictures of the node that publishes the chosen one.
  siblings() {
    const node = this.all.find((s) => s.topic === this.picture)?.node;
    return this.of('pictures').filter((s) => s.node === node);
  }

  has(topic) {
    return this.all.some((s) => s.topic === topic);
  }

  choose(choice) {
    Object.assign(this, choice);
    this.dispatchEvent(new Event('change'));
  }

  // #choose chooses the first camera and microphone, if nothing is chosen yet.
  #choose() {
    const pictures = this.of('pictures');
    this.picture ||= (pictures.find((s) => /image(_raw|_color|_rect)?$/.test(s.topic)) ?? pictures[0])?.topic ?? '';
    this.sound ||= this.of('sound')[0]?.topic ?? '';
    this.dispatchEvent(new Event('change'));
  }
}

// fill puts topics into a select element, in groups by node.
export function fill(select, streams, chosen) {
  const groups = new Map();
  for (const { topic, node } of streams) {
    groups.set(node, [...(groups.get(node) ?? []), new Option(topic, topic, false, topic === chosen)]);
  }
  if (chosen && !streams.some((s) => s.topic === chosen)) {
    groups.set('not there now', [new Option(chosen, chosen, false, true)]);
  }
  select.replaceChildren(...[...groups].map(([node, options]) => {
    const group = document.createElement('optgroup');
    group.label = node;
    group.append(...options);
    return group;
  }));
  select.disabled = groups.size === 0;
}
