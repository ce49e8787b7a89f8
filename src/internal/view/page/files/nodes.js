// The state of the nodes in words, from /diagnostics.

const SILENT = 3500; // [ms] without a status, which comes once a second
const FORGOTTEN = 300e3; // [ms] without a status
const WORDS = ['works', 'warning', 'error', 'no report'];

export class Nodes {
  #box;
  #clock;
  #nodes = new Map(); // by name: {status, since [ms, when the connection was opened; null], elements}

  constructor(box, link, clock) {
    this.#box = box;
    this.#clock = clock;
    link.addEventListener('message', ({ detail }) => detail.type === 'status' && this.#take(detail));
    // Statuses from before a lost connection are of no use.
    link.addEventListener('open', () => this.#nodes.forEach((n) => { n.since = performance.now(); }));
  }

  // of returns the newest status of a node by its full name; null if it has none, or is
  // silent.
  of(node) {
    for (const [name, entry] of this.#nodes) {
      const own = name.replace(/: capture$/, '');
      if ((own === node || own === node.split('/').at(-1)) && this.#silence(entry) <= SILENT) {
        return entry.status;
      }
    }
    return null;
  }

  draw() {
    for (const [name, entry] of this.#nodes) {
      const { status, head, state, message, table } = entry;
      const silence = this.#silence(entry);
      if (silence > FORGOTTEN) {
        this.#nodes.delete(name);
        head.parentElement.remove();
        continue;
      }
      const silent = silence > SILENT;
      const level = silent ? 3 : Math.min(status.level, 3);
      head.textContent = name.replace(/: capture$/, '') + (status.device ? `: ${status.device}` : '');
      state.textContent = WORDS[level];
      state.className = `level-${level}`;
      message.textContent = silent
        ? `Nothing has come from it for ${Math.round(silence / 1000)} s: it has ended, hangs, or cannot be reached. Look at its log, and start it again: ros2 run av_capture av_capture`
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

  // #silence returns the time since the newest status came to the server [ms]: it may have
  // come before this page.
  #silence({ status, since }) {
    return since === null ? this.#clock.now() - status.arrived : performance.now() - since;
  }

  #take(status) {
    if (!this.#nodes.has(status.name)) {
      this.#nodes.set(status.name, this.#add());
    }
    Object.assign(this.#nodes.get(status.name), { status, since: null });
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
