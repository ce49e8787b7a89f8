// The connection to the server, made anew when it is lost. Events: "open", "lost" (detail:
// why), "message" (detail: JSON), "picture" and "sound" (detail: {header, payload}).

import { decode } from './wire.js';

const RETRY = 1000; // [ms]

export class Link extends EventTarget {
  #socket = null;
  #token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';

  open() {
    const socket = new WebSocket(`ws://${location.host}/feed?token=${encodeURIComponent(this.#token)}`);
    socket.binaryType = 'arraybuffer';
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#socket = socket;
      this.dispatchEvent(new Event('open'));
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = async ({ reason }) => {
      this.#socket = null;
      const why = reason || (opened ? 'the connection was lost' : await this.#refusal());
      this.dispatchEvent(new CustomEvent('lost', { detail: why }));
      setTimeout(() => this.open(), RETRY);
    };
  }

  // send sends a request, unless the connection is lost.
  send(request) {
    this.#socket?.send(JSON.stringify(request));
  }

  #receive(data) {
    if (typeof data === 'string') {
      this.dispatchEvent(new CustomEvent('message', { detail: JSON.parse(data) }));
      return;
    }
    const message = decode(data);
    this.dispatchEvent(new CustomEvent(message.header.kind === 'sound' ? 'sound' : 'picture', { detail: message }));
  }

  // #refusal finds out why no connection came about: browsers do not tell.
  async #refusal() {
    try {
      await fetch('/icon.svg', { cache: 'no-store' });
    } catch {
      return 'av_view has ended or cannot be reached';
    }
    return this.#token
      ? 'the token is that of an earlier start: open the address that av_view prints now'
      : 'the token is missing: open the address that av_view prints, all of it';
  }
}
