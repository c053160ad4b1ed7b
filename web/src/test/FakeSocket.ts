// A WebSocket whose other end the test holds.
import type { LiveMessage } from '../api/types';

export class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1]!;
  }

  close() {
    this.closed = true;
  }

  say(message: LiveMessage) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}
