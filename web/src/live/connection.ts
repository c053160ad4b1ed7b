// Keeps a WebSocket to the server: reconnects with growing, jittered pauses, and says how it stands.
import type { LiveMessage } from '../api/types';

export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** @param retryAt when it tries again, Unix milliseconds. */
  | { kind: 'reconnecting'; attempt: number; retryAt: number }
  /** The browser itself has no network. */
  | { kind: 'offline' };

interface Parts {
  open: (url: string) => WebSocket;
  now: () => number;
  random: () => number;
  online: () => boolean;
}

const browser: Parts = { open: (url) => new WebSocket(url), now: Date.now, random: Math.random, online: () => navigator.onLine };

/** Pause before the given attempt (1 first), milliseconds: doubles from one second to thirty, each half to whole of it at random. */
export function pauseBefore(attempt: number, random: number): number {
  return Math.min(1_000 * 2 ** (attempt - 1), 30_000) * (0.5 + random / 2);
}

export class LiveConnection {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private running = false;
  private everConnected = false;
  private current: ConnectionState = { kind: 'connecting' };
  private readonly watchers = new Set<() => void>();

  /**
   * @param onMessage called with each message.
   * @param onGap called after a reconnection: what happened in between was not heard.
   */
  constructor(
    private readonly url: string,
    private readonly onMessage: (message: LiveMessage) => void,
    private readonly onGap: () => void,
    private readonly parts: Parts = browser,
  ) {}

  get state(): ConnectionState {
    return this.current;
  }

  /** For useSyncExternalStore. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  start(): void {
    if (this.running) return;
    this.running = true;
    this.everConnected = false;
    this.attempt = 0;
    this.connect();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    this.drop();
  }

  /** Tries at once, as when the network is back, the page is seen again or somebody asks for it. */
  readonly retryNow = (): void => {
    if (this.running && this.current.kind !== 'connected' && this.current.kind !== 'connecting') this.connect();
  };

  /** The browser lost its network: a socket may take minutes to notice. */
  readonly networkLost = (): void => {
    if (!this.running) return;
    clearTimeout(this.timer);
    this.drop();
    this.become({ kind: 'offline' });
  };

  private connect(): void {
    clearTimeout(this.timer);
    this.drop();
    if (!this.parts.online()) return this.become({ kind: 'offline' });
    if (!this.everConnected && this.attempt === 0) this.become({ kind: 'connecting' });
    const socket = this.parts.open(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.attempt = 0;
      this.become({ kind: 'connected' });
      if (this.everConnected) this.onGap();
      this.everConnected = true;
    };
    socket.onmessage = (event) => {
      const message = read(event.data);
      if (message) this.onMessage(message);
    };
    // An error is always followed by a close.
    socket.onclose = () => this.retryLater();
  }

  private retryLater(): void {
    if (!this.running) return;
    this.attempt++;
    const pause = pauseBefore(this.attempt, this.parts.random());
    this.become({ kind: 'reconnecting', attempt: this.attempt, retryAt: this.parts.now() + pause });
    this.timer = setTimeout(() => this.connect(), pause);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private become(state: ConnectionState): void {
    this.current = state;
    for (const watcher of this.watchers) watcher();
  }
}

function read(data: unknown): LiveMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && 'type' in message ? (message as LiveMessage) : null;
  } catch {
    return null; // Not ours: a proxy's greeting, say.
  }
}
