// The state of the nodes in words, from /diagnostics.

const SILENT = 3500; // [ms] without a status, which comes once a second
const WORDS = ['works', 'warning', 'error', 'no report'];

export class Nodes {
  #box;
  #nodes = new Map(); // by name: {status, at [ms], elements}

  constructor(box, link) {
    this.#box = box;
    link.addEventListener('message', ({ detail }) => detail.type === 'status' && this.#take(detail));
    // Statuses from before a lost connection are of no use.
    link.addEventListener('open', () => this.#nodes.forEach((n) => { n.at = performance.now(); }));
  }

  // of returns the newest status of a node by its full name; null if it has none, or is
  // silent.
  of(node) {
    for (const [name, entry] of this.#nodes) {
      const own = name.replace(/: capture$/, '');
      if ((own === node || own === node.split('/').at(-1)) && !Nodes.#silent(entry)) {
        return entry.status;
      }
    }
    return null;
  }

  draw() {
    for (const [name, entry] of this.#nodes) {
      const { status, head, state, message, table } = entry;
      const silent = Nodes.#silent(entry);
      const level = silent ? 3 : Math.min(status.level, 3);
      head.textContent = name.replace(/: capture$/, '') + (status.device ? `: ${status.device}` : '');
      state.textContent = WORDS[level];
      state.className = `level-${level}`;
      message.textContent = silent
        ? `Nothing has come from it for ${Math.round((performance.now() - entry.at) / 1000)} s: it has ended, hangs, or cannot be reached. Look at its log, and start it again: ros2 run av_capture av_capture`
        : status.message;
      if (table.parentElement.open) {
        table.replaceChildren(...(status.values ?? []).map((pair) => {
          const row = document.createElement('tr');
          row.append(...pair.map((text) => Object.assign(document.createElement('td'), { textContent: text })));
          return row;
        }));
      }
    }
  }

  static #silent(entry) {
    return performance.now() - entry.at > SILENT;
  }

  #take(status) {
    if (!this.#nodes.has(status.name)) {
      this.#nodes.set(status.name, this.#add());
    }
    Object.assign(this.#nodes.get(status.name), { status, at: performance.now() });
  }

  #add() {
    const article = document.createElement('article');
    article.className = 'node';
    const [head, state, message, details, table, summary] =
      ['h2', 'strong', 'p', 'details', 'table', 'summary'].map((tag) => document.createElement(tag));
    summary.textContent = 'all values';
    details.append(summary, table);
    article.append(head, state, message, details);
    this.#box.append(article);
    return { head, state, message, table };
  }
}
