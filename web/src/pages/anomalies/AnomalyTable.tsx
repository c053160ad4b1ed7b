// The seven columns of an operations table, one row an anomaly, evidence and configuration as JSON to open.
import { Link } from 'react-router';
import type { Anomaly } from '../../api/types';
import { SeverityMark } from '../../parts/SeverityMark';
import { exact } from '../../text/times';
import { number } from '../../text/units';
import classes from './AnomalyTable.module.css';

export function AnomalyTable({ anomalies }: { anomalies: Anomaly[] }) {
  return (
    <div className={classes.frame} tabIndex={0} role="region" aria-label="Anomalies as a table">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">ID</th>
            <th scope="col">Detected At</th>
            <th scope="col" className={classes.number}>
              Value
            </th>
            <th scope="col">Method</th>
            <th scope="col" className={classes.number}>
              Score
            </th>
            <th scope="col">Context</th>
            <th scope="col">Config</th>
          </tr>
        </thead>
        <tbody>
          {anomalies.map((anomaly) => (
            <tr key={anomaly.id}>
              <td>
                <Link to={`/anomalies/${anomaly.id}`} title={anomaly.id}>
                  <code>{anomaly.id.slice(0, 8)}</code>
                </Link>
              </td>
              <td title={exact(Date.parse(anomaly.start))}>{anomaly.start.replace('T', ' ').slice(0, 19)}Z</td>
              <td className={classes.number}>{number(anomaly.value)}</td>
              <td>{anomaly.detector}</td>
              <td className={classes.number}>
                <span className={classes.score}>
                  <SeverityMark severity={anomaly.severity} word={false} /> {anomaly.score.toFixed(2)}
                </span>
              </td>
              <td>
                <Json
                  summary={anomaly.series}
                  value={{
                    series: anomaly.series,
                    expected: anomaly.expected,
                    lower: anomaly.lower,
                    upper: anomaly.upper,
                    methods: anomaly.methods,
                    reason: anomaly.reason,
                    window: anomaly.context.window,
                  }}
                />
              </td>
              <td>
                <Json summary={`${Object.keys(anomaly.config).length} settings`} value={anomaly.config} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Json({ summary, value }: { summary: string; value: unknown }) {
  return (
    <details className={classes.details}>
      <summary>{summary}</summary>
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}
