// What jsdom lacks and the components ask for.
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

// A deadline, not a wait: a busy machine takes longer for the same steps.
configure({ asyncUtilTimeout: 15_000, getElementError: (message) => new Error(message ?? 'not found') });

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
window.scrollTo = () => {};
window.HTMLElement.prototype.scrollIntoView = () => {};
Object.defineProperty(document, 'fonts', { value: { addEventListener: () => {}, removeEventListener: () => {} } });
// Nothing is drawn: what a chart is given is tested where it is computed.
window.HTMLCanvasElement.prototype.getContext = () => null;
vi.mock('../chart/Chart', () => ({ default: () => null }));

afterEach(() => {
  cleanup();
  localStorage.clear();
});
