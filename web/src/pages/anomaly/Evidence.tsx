// Who voted how, the window that was looked at, and the settings in force.
import type { Anomaly, Vote } from '../../api/types';
import { Sparkline } from '../../chart/Sparkline';
import { CodeBlock } from '../../parts/CodeBlock';
import { Panel } from '../../parts/Panel';
import { clock, exact } from '../../text/times';
import { band, number, withUnit, type Unit } from '../../text/units';
import classes from './Evidence.module.css';

export function Evidence({ anomaly, unit }: { anomaly: Anomaly; unit: Unit }) {
  const agreed = anomaly.votes.filter((vote) => vote.anomalous).length;
  return (
    <>
      {anomaly.votes.length > 0 && (
        <Panel title="Votes" aside={`${agreed} of ${anomaly.votes.length} for odd`} flush>
          <Votes anomaly={anomaly} unit={unit} />
        </Panel>
      )}
      <div className={classes.pair}>
        <Panel title="Window looked at" aside={`${anomaly.context.window.length} samples`}>
          <Window anomaly={anomaly} unit={unit} />
        </Panel>
        <Panel title="Configuration in force" aside={anomaly.detector}>
          <Configuration anomaly={anomaly} />
        </Panel>
      </div>
      <p className={classes.id}>
        <code>{anomaly.id}</code>
      </p>
    </>
  );
}

function Votes({ anomaly, unit }: { anomaly: Anomaly; unit: Unit }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="Votes">
      <table className={classes.votes}>
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">Vote</th>
            <th scope="col">Score</th>
            <th scope="col" className={classes.number}>
              Expected
            </th>
            <th scope="col">Normal</th>
            <th scope="col">What decided</th>
            <th scope="col" className={classes.number}>
              Weight
            </th>
          </tr>
        </thead>
        <tbody>
          {anomaly.votes.map((vote) => (
            <tr key={vote.detector}>
              <th scope="row">{vote.detector}</th>
              <td>
                <span className={vote.anomalous ? classes.odd : classes.normal}>{vote.anomalous ? 'odd' : tooEarly(vote) ? 'too early' : 'normal'}</span>
              </td>
              <td>
                <span className={classes.score}>
                  <span className={classes.track}>
                    <span className={vote.anomalous ? classes.oddBar : classes.bar} style={{ width: `${Math.min(Math.max(vote.score, 0), 1) * 100}%` }} />
                  </span>
                  {vote.score.toFixed(2)}
                </span>
              </td>
              <td className={classes.number}>{tooEarly(vote) ? '–' : withUnit(vote.expected, unit)}</td>
              <td>{band(vote.lower, vote.upper, unit) ?? '–'}</td>
              <td>
                {vote.term}
                {vote.statistic !== null && !tooEarly(vote) && <span className={classes.statistic}> {number(vote.statistic)}</span>}
              </td>
              <td className={classes.number}>{number(vote.weight)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** It had seen too little to say anything; a vote for odd it can give all the same, by a rule that needs no training. */
const tooEarly = (vote: Vote) => vote.warming_up === true && !vote.anomalous;

function Window({ anomaly, unit }: { anomaly: Anomaly; unit: Unit }) {
  const { window } = anomaly.context;
  if (window.length === 0) return <p className={classes.none}>No samples were kept with it.</p>;
  return (
    <>
      <Sparkline
        points={window}
        lower={anomaly.lower}
        upper={anomaly.upper}
        odd
        width={460}
        height={90}
        label="The window that was looked at; the last sample is the first odd one"
      />
      <details className={classes.details}>
        <summary>Samples</summary>
        <div className={classes.samples} tabIndex={0} role="region" aria-label="Samples of the window">
          <table>
            <tbody>
              {[...window].reverse().map(([time, value], index) => (
                <tr key={index} data-odd={index === 0 || undefined}>
                  <td title={exact(time * 1000)}>{clock(time * 1000)}</td>
                  <td className={classes.number}>{withUnit(value, unit)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function Configuration({ anomaly }: { anomaly: Anomaly }) {
  const settings = Object.entries(anomaly.config);
  if (settings.length === 0) return <p className={classes.none}>No settings were recorded.</p>;
  return (
    <>
      <dl className={classes.settings}>
        {settings.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <details className={classes.details}>
        <summary>As JSON</summary>
        <CodeBlock label="Configuration as JSON" text={JSON.stringify(anomaly.config, null, 2)} />
      </details>
    </>
  );
}
