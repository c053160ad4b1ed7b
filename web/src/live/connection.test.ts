import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveMessage } from '../api/types';
import { FakeSocket } from '../test/FakeSocket';
import { LiveConnection, pauseBefore } from './connection';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function begin({ online = true } = {}) {
  const heard: LiveMessage[] = [];
  const gaps = vi.fn();
  const network = { online };
  const connection = new LiveConnection('ws://x/ws', (message) => heard.push(message), gaps, {
    open: (url) => new FakeSocket(url) as unknown as WebSocket,
    now: () => 1_000_000,
    random: () => 1,
    online: () => network.online,
  });
  connection.start();
  return { connection, heard, gaps, network };
}

test('Pauses double up to half a minute and are never all the same', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map((attempt) => pauseBefore(attempt, 1))).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  expect(pauseBefore(1, 0)).toBe(500);
});

test('It connects and hands on what it hears', () => {
  const { connection, heard, gaps } = begin();
  expect(connection.state.kind).toBe('connecting');
  FakeSocket.last.onopen?.();
  expect(connection.state.kind).toBe('connected');
  FakeSocket.last.say({ type: 'missed', count: 2 });
  FakeSocket.last.onmessage?.({ data: 'not json' });
  FakeSocket.last.onmessage?.({ data: new ArrayBuffer(2) });
  expect(heard).toEqual([{ type: 'missed', count: 2 }]);
  expect(gaps).not.toHaveBeenCalled();
});

test('A break is said with the time of the next attempt, and what was missed is read again', () => {
  const { connection, gaps } = begin();
  FakeSocket.last.onopen?.();
  FakeSocket.last.onclose?.();
  expect(connection.state).toEqual({ kind: 'reconnecting', attempt: 1, retryAt: 1_001_000 });
  const before = FakeSocket.all.length;
  vi.advanceTimersByTime(1000);
  expect(FakeSocket.all.length).toBe(before + 1);
  FakeSocket.last.onclose?.();
  expect(connection.state).toEqual({ kind: 'reconnecting', attempt: 2, retryAt: 1_002_000 });
  vi.advanceTimersByTime(2000);
  FakeSocket.last.onopen?.();
  expect(connection.state.kind).toBe('connected');
  expect(gaps).toHaveBeenCalledOnce();
});

test('Without a network it waits for one, and then begins at once', () => {
  const { connection, network } = begin({ online: false });
  expect(connection.state.kind).toBe('offline');
  network.online = true;
  connection.retryNow();
  FakeSocket.last.onopen?.();
  expect(connection.state.kind).toBe('connected');
  connection.networkLost();
  expect(connection.state.kind).toBe('offline');
  expect(FakeSocket.last.closed).toBe(true);
});

test('Trying now does not disturb a connection that is there', () => {
  const { connection } = begin();
  FakeSocket.last.onopen?.();
  const before = FakeSocket.all.length;
  connection.retryNow();
  expect(FakeSocket.all.length).toBe(before);
});

test('A stopped connection stays stopped, whatever the old socket says', () => {
  const { connection } = begin();
  const socket = FakeSocket.last;
  connection.stop();
  expect(socket.closed).toBe(true);
  expect(socket.onclose).toBeNull();
  const before = FakeSocket.all.length;
  vi.advanceTimersByTime(60_000);
  connection.retryNow();
  expect(FakeSocket.all.length).toBe(before);
});

test('Watchers hear of every change until they leave', () => {
  const { connection } = begin();
  const watcher = vi.fn();
  const leave = connection.watch(watcher);
  FakeSocket.last.onopen?.();
  leave();
  FakeSocket.last.onclose?.();
  expect(watcher).toHaveBeenCalledOnce();
});
