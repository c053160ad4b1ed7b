import { CopyButton } from './CopyButton';
import classes from './CodeBlock.module.css';

/** Text in fixed width that scrolls within itself and can be copied. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className={classes.block}>
      <pre className={classes.text} tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} className={classes.copy ?? ''} />
    </div>
  );
}
