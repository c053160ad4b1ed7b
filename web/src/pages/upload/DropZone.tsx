import { useEffect, useRef, useState, type DragEvent } from 'react';
import { UploadIcon } from '../../parts/icons';
import classes from './DropZone.module.css';

/** Takes files by drop, by click and by keyboard. */
export function DropZone({ onFiles }: { onFiles: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  // A file dropped beside the zone would otherwise replace the page.
  useEffect(() => {
    const prevent = (event: Event) => event.preventDefault();
    window.addEventListener('dragover', prevent);
    window.addEventListener('drop', prevent);
    return () => {
      window.removeEventListener('dragover', prevent);
      window.removeEventListener('drop', prevent);
    };
  }, []);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) onFiles(files);
  };
  return (
    <div
      className={classes.zone}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setOver(true);
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)}
      onDrop={drop}
    >
      <span className={classes.icon}>
        <UploadIcon size={26} />
      </span>
      <button type="button" className={classes.choose} onClick={() => input.current?.click()}>
        Choose files
      </button>
      <span>or drop them here</span>
      <span className={classes.hint}>CSV, JSON, NDJSON or TXT, plain or .gz, up to 32 MiB each. Any time, also long ago.</span>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        accept=".csv,.json,.ndjson,.jsonl,.txt,.tsv,.gz,text/csv,text/plain,application/json"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </div>
  );
}
