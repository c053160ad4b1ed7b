// Files on their way: a list and the steps on it.
import { ApiError } from '../../api/client';
import { readResult } from '../../api/upload';
import type { UploadResult } from '../../api/types';

export type FileState =
  | { kind: 'waiting' }
  /** Share sent, 0 to 1; at 1 the server is reading it. */
  | { kind: 'sending'; share: number }
  | { kind: 'done'; result: UploadResult }
  | { kind: 'failed'; message: string; result: UploadResult | null };

export interface QueuedFile {
  key: number;
  file: File;
  state: FileState;
}

export type Step = { type: 'add'; files: File[] } | { type: 'set'; key: number; state: FileState } | { type: 'remove'; key: number } | { type: 'clear' };

/** How many files go at a time: more would only wait on each other. */
export const atOnce = 2;

export function reduce(queue: QueuedFile[], step: Step): QueuedFile[] {
  switch (step.type) {
    case 'add': {
      const next = Math.max(0, ...queue.map((each) => each.key)) + 1;
      return [...queue, ...step.files.map((file, index) => ({ key: next + index, file, state: { kind: 'waiting' } as const }))];
    }
    case 'set':
      return queue.map((each) => (each.key === step.key ? { ...each, state: step.state } : each));
    case 'remove':
      return queue.filter((each) => each.key !== step.key);
    case 'clear':
      return queue.filter((each) => each.state.kind === 'waiting' || each.state.kind === 'sending');
  }
}

/** The files whose turn it is. */
export function due(queue: QueuedFile[]): QueuedFile[] {
  const sending = queue.filter((each) => each.state.kind === 'sending').length;
  return queue.filter((each) => each.state.kind === 'waiting').slice(0, Math.max(atOnce - sending, 0));
}

/** A refusal in words; one that tells which records were bad keeps those. */
export function failure(error: unknown): FileState {
  const result = error instanceof ApiError && Array.isArray(error.problem.errors) ? readResult(error.problem) : null;
  return { kind: 'failed', message: error instanceof Error ? error.message : 'Something went wrong.', result };
}
