// Files of samples: dropped or chosen, sent with progress, and for each what was taken and what was not, and why.
import { Button, Text } from '@mantine/core';
import { Page } from '../../parts/Page';
import { DropZone } from './DropZone';
import { FileRow } from './FileRow';
import { Formats } from './Formats';
import classes from './Upload.module.css';
import { useUploads } from './useUploads';

export default function Upload() {
  const { queue, add, clear, remove } = useUploads();
  const finished = queue.filter((each) => each.state.kind === 'done' || each.state.kind === 'failed');
  return (
    <Page title="Upload">
      <div className={classes.columns}>
        <div className={classes.left}>
          <DropZone onFiles={add} />
          {queue.length > 0 && (
            <section aria-label="Files">
              <div className={classes.head}>
                <Text size="sm" c="dimmed" role="status">
                  {finished.length} of {queue.length} {queue.length === 1 ? 'file' : 'files'} done
                </Text>
                {finished.length > 0 && (
                  <Button size="compact-xs" variant="subtle" color="gray" onClick={clear}>
                    Clear what is done
                  </Button>
                )}
              </div>
              <ul className={classes.files}>
                {[...queue].reverse().map((each) => (
                  <FileRow key={each.key} queued={each} onRemove={() => remove(each)} />
                ))}
              </ul>
            </section>
          )}
        </div>
        <Formats />
      </div>
    </Page>
  );
}
