// Who calls whom, drawn: callers on the left, lines as wide as the calls are many, red where they fail. The same as a table below it.
import { useMemo } from 'react';
import type { Topology } from '../../api/traces';
import { number } from '../../text/units';
import { place } from './layout';
import classes from './Services.module.css';
import { percent, perSecond } from './words';

const box = { width: 150, height: 42 };

export function ServiceGraph({ topology, chosen, onChoose }: { topology: Topology; chosen: string; onChoose: (service: string) => void }) {
  const { nodes, width, height } = useMemo(() => place(topology), [topology]);
  const at = new Map(nodes.map((node) => [node.name, node]));
  const figures = new Map(topology.nodes.map((node) => [node.name, node]));
  const most = Math.max(...topology.edges.map((edge) => edge.figures.requests), 1);
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="Who calls whom, drawn">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} className={classes.graph}>
        {topology.edges.map((edge) => {
          const [from, to] = [at.get(edge.from), at.get(edge.to)];
          if (!from || !to || from === to) return null;
          const [x1, y1, x2, y2] = [from.x + box.width, from.y + box.height / 2 + 4, to.x, to.y + box.height / 2 + 4];
          const bend = Math.max(30, Math.abs(x2 - x1) / 2);
          return (
            <path
              key={`${edge.from} ${edge.to}`}
              className={edge.figures.error_rate > 0.01 ? classes.badEdge : classes.edge}
              strokeWidth={1.2 + 3.5 * Math.sqrt(edge.figures.requests / most)}
              d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            >
              <title>{`${edge.from} calls ${edge.to}: ${perSecond(edge.figures)}, ${percent(edge.figures.error_rate)} fail, p95 ${number(edge.figures.latency_p95_ms)} ms`}</title>
            </path>
          );
        })}
        {nodes.map((node) => {
          const known = figures.get(node.name)!;
          const service = known.type === 'service';
          return (
            <g
              key={node.name}
              transform={`translate(${node.x} ${node.y + 4})`}
              className={`${classes.node} ${service ? '' : classes.peer} ${node.name === chosen ? classes.chosen : ''}`}
              {...(service && {
                tabIndex: 0,
                role: 'button',
                'aria-pressed': node.name === chosen,
                'aria-label': `${node.name}: ${perSecond(known.figures)}, ${percent(known.figures.error_rate)} fail`,
                onClick: () => onChoose(node.name === chosen ? '' : node.name),
                onKeyDown: (event: React.KeyboardEvent) => {
                  if (event.key !== 'Enter' && event.key !== ' ') return;
                  event.preventDefault();
                  onChoose(node.name === chosen ? '' : node.name);
                },
              })}
            >
              <title>{node.name}</title>
              <rect width={box.width} height={box.height} rx={9} />
              <text x={11} y={17} className={classes.nodeName}>
                {node.name.length > 20 ? `${node.name.slice(0, 19)}…` : node.name}
              </text>
              <text x={11} y={33} className={known.figures.error_rate > 0.01 ? classes.nodeBad : classes.nodeFigures}>
                {perSecond(known.figures)} · {percent(known.figures.error_rate)} fail
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
