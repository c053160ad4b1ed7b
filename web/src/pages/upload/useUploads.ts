import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { upload } from '../../api/upload';
import { due, failure, reduce, type QueuedFile } from './queue';

/** Sends what is in the queue, a few at a time, and says how each file fares. */
export function useUploads() {
  const [queue, dispatch] = useReducer(reduce, []);
  const cancels = useRef(new Map<number, () => void>());
  const queries = useQueryClient();

  useEffect(() => {
    for (const { key, file } of due(queue)) {
      if (cancels.current.has(key)) continue;
      const { done, cancel } = upload(file, (share) => dispatch({ type: 'set', key, state: { kind: 'sending', share } }));
      cancels.current.set(key, cancel);
      dispatch({ type: 'set', key, state: { kind: 'sending', share: 0 } });
      void done
        .then(
          (result) => {
            dispatch({ type: 'set', key, state: { kind: 'done', result } });
            void queries.invalidateQueries({ queryKey: ['series'] });
          },
          (error: unknown) => dispatch({ type: 'set', key, state: failure(error) }),
        )
        .finally(() => cancels.current.delete(key));
    }
  }, [queue, queries]);

  const add = useCallback((files: Iterable<File>) => dispatch({ type: 'add', files: [...files] }), []);
  const clear = useCallback(() => dispatch({ type: 'clear' }), []);
  const remove = useCallback(({ key }: QueuedFile) => {
    cancels.current.get(key)?.();
    dispatch({ type: 'remove', key });
  }, []);
  return { queue, add, clear, remove };
}
