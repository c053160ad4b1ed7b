import { ActionIcon, Progress } from '@mantine/core';
import type { UploadResult } from '../../api/types';
import { CloseIcon, FileIcon } from '../../parts/icons';
import { number, withUnit } from '../../text/units';
import classes from './FileRow.module.css';
import type { FileState, QueuedFile } from './queue';

export function FileRow({ queued, onRemove }: { queued: QueuedFile; onRemove: () => void }) {
  const { file, state } = queued;
  const running = state.kind === 'waiting' || state.kind === 'sending';
  return (
    <li className={classes.row} data-state={outcome(state)}>
      <div className={classes.head}>
        <FileIcon />
        <span className={classes.name}>{file.name}</span>
        <span className={classes.size}>{withUnit(file.size, 'bytes')}</span>
        <ActionIcon size="sm" onClick={onRemove} aria-label={running ? `Cancel ${file.name}` : `Remove ${file.name} from the list`}>
          <CloseIcon size={14} />
        </ActionIcon>
      </div>
      {state.kind === 'sending' && (
        <Progress.Root size={6} mt={8}>
          <Progress.Section value={state.share * 100} animated={state.share >= 1} aria-label={`${file.name}: ${Math.round(state.share * 100)} % sent`} />
        </Progress.Root>
      )}
      <p className={classes.words}>{words(state)}</p>
      {(state.kind === 'done' || state.kind === 'failed') && state.result && !saidAlready(state) && <Errors result={state.result} />}
    </li>
  );
}

function outcome(state: FileState): string {
  if (state.kind === 'done') return state.result.rejected > 0 ? 'partly' : 'good';
  return state.kind;
}

/** The one reason of a refusal is its message too. */
function saidAlready(state: FileState): boolean {
  return state.kind === 'failed' && state.result?.errors.length === 1 && state.result.errors[0]!.detail === state.message;
}

function words(state: FileState): string {
  switch (state.kind) {
    case 'waiting':
      return 'Waits for its turn';
    case 'sending':
      return state.share < 1 ? `${Math.round(state.share * 100)} % sent` : 'Sent; the server is reading it';
    case 'failed':
      return state.message;
    case 'done': {
      const { accepted, rejected } = state.result;
      const taken = `${number(accepted)} ${accepted === 1 ? 'sample' : 'samples'} taken`;
      return rejected > 0 ? `${taken}, ${number(rejected)} ${rejected === 1 ? 'record' : 'records'} rejected` : taken;
    }
  }
}

function Errors({ result }: { result: UploadResult }) {
  if (result.errors.length === 0) return null;
  const more = result.rejected - result.errors.length;
  return (
    <div className={classes.scroll}>
      <table className={classes.errors}>
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col">Code</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {result.errors.map((error, index) => (
            <tr key={index}>
              <td>{number(error.index + 1)}</td>
              <td>
                <code>{error.code}</code>
              </td>
              <td>{error.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className={classes.more}>and {number(more)} more</p>}
    </div>
  );
}
