// What jsdom lacks and the components ask for.
import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

Object.defineProperty(window, 'matchMedia', {
  writable: true,
  value: (query: string) => ({
    matches: query.includes('min-width'),
    media: query,
    onchange: null,
    addListener: () => {},
    removeListener: () => {},
    addEventListener: () => {},
    removeEventListener: () => {},
    dispatchEvent: () => false,
  }),
});

class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
window.ResizeObserver = NoObserver as unknown as typeof ResizeObserver;
window.HTMLElement.prototype.scrollIntoView = () => {};
// Nothing is drawn: what a chart is given is tested where it is computed.
window.HTMLCanvasElement.prototype.getContext = () => null;
vi.mock('../chart/Chart', () => ({ default: () => null }));

afterEach(() => {
  cleanup();
  localStorage.clear();
});
