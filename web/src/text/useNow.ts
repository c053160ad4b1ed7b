// One clock for everything on the page that says "3 min ago".
import { useSyncExternalStore } from 'react';

const watchers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, 1_000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time in Unix milliseconds, at most a second old; the component renders again as it goes on. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => {
    if (timer === undefined && Date.now() - now > 1_000) now = Date.now();
    return now;
  });
}
