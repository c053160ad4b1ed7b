// How to send something and read something, with the addresses of this very server.
import { Anchor, Text } from '@mantine/core';
import { useAuthState } from '../../api/auth';
import { useServerStatus } from '../../api/series';
import { CodeBlock } from '../../parts/CodeBlock';
import { Page } from '../../parts/Page';
import { Panel } from '../../parts/Panel';
import { ShortcutTable } from '../../shell/ShortcutHelp';
import { examplesFor } from './examples';
import classes from './Help.module.css';

export default function Help() {
  const { data: auth } = useAuthState();
  const { data: status } = useServerStatus();
  return (
    <Page title="Help">
      <div className={classes.columns}>
        <div className={classes.column}>
          {examplesFor(location.origin, auth?.auth === 'required').map(({ title, text, note }) => (
            <Panel key={title} title={title}>
              <CodeBlock text={text} label={title} />
              {note && (
                <Text size="sm" c="dimmed" mt="sm">
                  {note}
                </Text>
              )}
            </Panel>
          ))}
        </div>
        <div className={classes.column}>
          <Panel title="Keyboard">
            <ShortcutTable />
          </Panel>
          <Panel title="About">
            <Text size="sm">
              Oddity {status?.version} watches numbers over time and says when one of them is odd, how far, since when and who says so. Every figure on these
              pages comes from its public API.
            </Text>
            <ul className={classes.links}>
              <li>
                <Anchor href="/docs">API reference</Anchor>
              </li>
              <li>
                <Anchor href="/openapi.json">openapi.json</Anchor>
              </li>
              <li>
                <Anchor href="/metrics">Oddity's own metrics</Anchor>
              </li>
              <li>
                <Anchor href="/licenses.txt">Licences of what the page is made with</Anchor>
              </li>
            </ul>
          </Panel>
        </div>
      </div>
    </Page>
  );
}
