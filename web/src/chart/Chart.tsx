// A series over time: samples, expected band, anomalies. Zooms by drag; everything can also be done with the keyboard.
import { useComputedColorScheme } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock, dayOf, moment, shortClock } from '../text/times';
import { band as bandWords, withUnit, type Unit } from '../text/units';
import classes from './Chart.module.css';
import { oddPoints, timeLabels, valueRange, type ChartData, type Mark, type Span } from './data';
import { drawBand, drawMarks, drawOddPoints, drawSpans, paletteOf } from './draw';

interface Props {
  label: string;
  data: ChartData;
  spans: Span[];
  /** What was done meanwhile. */
  marks?: Mark[];
  unit: Unit;
  /** Unix seconds: what the time axis shows. */
  from: number;
  to: number;
  height?: number;
  /** Called with Unix seconds when the reader zooms in or moves; absent: no zoom. */
  onZoom?: (from: number, to: number) => void;
  /** Called to go back to where the reader came from. */
  onReset?: () => void;
}

const none: Mark[] = [];

export default function Chart({ label, data, spans, marks = none, unit, from, to, height = 320, onZoom, onReset }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme();
  const [at, setAt] = useState<number | null>(null);
  const odd = useMemo(() => oddPoints(data, spans), [data, spans]);
  // uPlot keeps the hooks it was made with; they read what is current through this.
  const current = useRef({ data, spans, marks, odd, from, to, onZoom });
  useEffect(() => {
    current.current = { data, spans, marks, odd, from, to, onZoom };
  });

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const made = new uPlot(optionsFor(element, height, unit, onZoom !== undefined, current, setAt), aligned(current.current.data), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
    // Colours come from the scheme, so a change of it draws anew.
  }, [scheme, height, unit, onZoom !== undefined]);

  useEffect(() => {
    plot.current?.setData(aligned(data));
  }, [data, odd, marks, from, to, scheme, height, unit]);

  const moveTo = useCallback((index: number) => {
    const made = plot.current;
    const time = current.current.data.times[index];
    const value = current.current.data.values[index];
    if (!made || time === undefined) return;
    made.setCursor({ left: made.valToPos(time, 'x'), top: typeof value === 'number' ? made.valToPos(value, 'y') : 0 });
    setAt(index);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const last = data.times.length - 1;
    const step = event.shiftKey ? 10 : 1;
    const middle = at === null ? (from + to) / 2 : (data.times[at] ?? (from + to) / 2);
    const actions: Record<string, () => void> = {
      ArrowLeft: () => moveTo(Math.max((at ?? last + 1) - step, 0)),
      ArrowRight: () => moveTo(Math.min((at ?? -1) + step, last)),
      Home: () => moveTo(0),
      End: () => moveTo(last),
      '+': () => onZoom?.(middle - (to - from) / 4, middle + (to - from) / 4),
      '-': () => onZoom?.(middle - (to - from), middle + (to - from)),
      '0': () => onReset?.(),
    };
    const action = actions[event.key === '=' ? '+' : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  return (
    <div
      className={classes.frame}
      role="group"
      tabIndex={0}
      aria-label={`${label}. Left and right arrows read the samples${onZoom ? ', plus and minus zoom, 0 goes back' : ''}.`}
      onKeyDown={onKeyDown}
    >
      <Readout data={data} at={at} odd={odd} marks={marks} unit={unit} />
      <div ref={holder} className={classes.plot} style={{ height }} onDoubleClick={() => onReset?.()} />
    </div>
  );
}

/** What the cursor is on, in a place that doesn't move; without a cursor, what the colours mean. */
function Readout({ data, at, odd, marks, unit }: { data: ChartData; at: number | null; odd: number[]; marks: Mark[]; unit: Unit }) {
  const time = at === null ? undefined : data.times[at];
  if (at === null || time === undefined) {
    const banded = data.lower.some((limit) => typeof limit === 'number') || data.upper.some((limit) => typeof limit === 'number');
    return (
      <div className={classes.readout}>
        <span className={classes.keyLine}>measured</span>
        {data.expected.some((value) => typeof value === 'number') && <span className={classes.keyExpected}>expected</span>}
        {banded && <span className={classes.keyBand}>normal band</span>}
        {odd.length > 0 && <span className={classes.keyOdd}>odd</span>}
        {marks.length > 0 && <span className={classes.keyMark}>change</span>}
      </div>
    );
  }
  const limits = bandWords(data.lower[at] ?? null, data.upper[at] ?? null, unit);
  return (
    <div className={classes.readout} role="status">
      <span className={classes.time}>{moment(time * 1000, Date.now())}</span>
      <strong className={odd.includes(at) ? classes.oddValue : undefined}>{withUnit(data.values[at], unit)}</strong>
      {typeof data.expected[at] === 'number' && <span>expected {withUnit(data.expected[at], unit)}</span>}
      {limits && <span>normal {limits}</span>}
    </div>
  );
}

const aligned = (data: ChartData): uPlot.AlignedData => [data.times, data.values, data.expected] as uPlot.AlignedData;

interface Current {
  data: ChartData;
  spans: Span[];
  marks: Mark[];
  odd: number[];
  from: number;
  to: number;
  onZoom: Props['onZoom'];
}

function optionsFor(
  element: HTMLElement,
  height: number,
  unit: Unit,
  zooms: boolean,
  current: { current: Current },
  setAt: (index: number | null) => void,
): uPlot.Options {
  const palette = paletteOf(element);
  const font = '11px "Geist Variable", system-ui, sans-serif';
  const axis = { stroke: palette.text, font, grid: { stroke: palette.grid, width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth || 600,
    height,
    padding: [8, 26, 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: zooms, y: false, setScale: false },
      points: { size: 7, fill: palette.line, stroke: palette.panel, width: 1.5 },
      y: false,
    },
    scales: {
      x: { time: true, range: () => [current.current.from, current.current.to] },
      y: { range: () => valueRange(visible(current.current), unit) },
    },
    series: [
      {},
      { stroke: palette.line, width: 1.6, points: { show: (plot, _, first, last) => spacious(plot, first, last) } },
      { stroke: palette.expected, width: 1, dash: [4, 4], points: { show: false } },
    ],
    axes: [
      { ...axis, space: 76, size: 28, values: (_, ticks, __, ___, step) => timeLabels(ticks, step, clock, shortClock, dayOf) },
      {
        ...axis,
        space: 36,
        size: (_, values) => 16 + 6.4 * Math.max(4, ...(values ?? []).map((value) => value?.length ?? 0)),
        values: (_, ticks) => ticks.map((tick) => withUnit(tick, unit)),
      },
    ],
    hooks: {
      drawAxes: [
        (plot) => {
          drawBand(plot, current.current.data, palette);
          drawSpans(plot, current.current.spans, palette);
          drawMarks(plot, current.current.marks, palette);
        },
      ],
      draw: [(plot) => drawOddPoints(plot, current.current.data, current.current.odd, palette)],
      setCursor: [(plot) => setAt(plot.cursor.left !== undefined && plot.cursor.left >= 0 ? (plot.cursor.idx ?? null) : null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width > 4) current.current.onZoom?.(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** Room for a mark on each sample without their touching. */
function spacious(plot: uPlot, first: number, last: number): boolean {
  const times = plot.data[0];
  const width = plot.valToPos(times[last] ?? 0, 'x') - plot.valToPos(times[first] ?? 0, 'x');
  return last === first || width / (last - first) > 11;
}

/** The part of the data within the time axis, so that the value axis fits what is seen. */
function visible({ data, from, to }: Current): ChartData {
  const first = data.times.findIndex((time) => time >= from);
  const after = data.times.findIndex((time) => time > to);
  const cut = <T,>(all: T[]) => all.slice(Math.max(first, 0), after < 0 ? undefined : after);
  return { times: cut(data.times), values: cut(data.values), expected: cut(data.expected), lower: cut(data.lower), upper: cut(data.upper) };
}
