// What uPlot does not draw by itself: the expected band below the line, anomalies as spans, odd samples as dots.
import type uPlot from 'uplot';
import type { ChartData, Mark, Span } from './data';

export interface Palette {
  line: string;
  expected: string;
  band: string;
  bandEdge: string;
  odd: string;
  oddSpan: string;
  mark: string;
  grid: string;
  text: string;
  panel: string;
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--odd-${name}`).trim() || '#888';
  return {
    line: read('chart-line'),
    expected: read('chart-expected'),
    band: read('chart-band'),
    bandEdge: read('chart-band-edge'),
    odd: read('odd'),
    oddSpan: read('odd-wash'),
    mark: read('accent'),
    grid: read('chart-grid'),
    text: read('ink-3'),
    panel: read('panel'),
  };
}

/** Fills between lower and upper; a side without limit reaches to the edge of the chart. */
export function drawBand(plot: uPlot, data: ChartData, palette: Palette): void {
  const { ctx, bbox } = plot;
  ctx.save();
  clip(plot);
  ctx.fillStyle = palette.band;
  ctx.strokeStyle = palette.bandEdge;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([]);
  for (const [from, to] of bandedRuns(data)) {
    const x = (index: number) => plot.valToPos(data.times[index]!, 'x', true);
    const y = (limit: number | null | undefined, edge: number) => (typeof limit === 'number' ? plot.valToPos(limit, 'y', true) : edge);
    ctx.beginPath();
    for (let index = from; index <= to; index++) if (hasBand(data, index)) ctx.lineTo(x(index), y(data.upper[index], bbox.top));
    for (let index = to; index >= from; index--) if (hasBand(data, index)) ctx.lineTo(x(index), y(data.lower[index], bbox.top + bbox.height));
    ctx.closePath();
    ctx.fill();
    for (const side of [data.upper, data.lower]) {
      ctx.beginPath();
      for (let index = from; index <= to; index++) if (typeof side[index] === 'number') ctx.lineTo(x(index), y(side[index], 0));
      ctx.stroke();
    }
  }
  ctx.restore();
}

export function drawSpans(plot: uPlot, spans: Span[], palette: Palette): void {
  const { ctx, bbox } = plot;
  ctx.save();
  clip(plot);
  for (const span of spans) {
    const left = plot.valToPos(span.from, 'x', true);
    const width = Math.max(plot.valToPos(span.to, 'x', true) - left, 4 * devicePixelRatio);
    ctx.fillStyle = palette.oddSpan;
    ctx.fillRect(left - 2 * devicePixelRatio, bbox.top, width + 4 * devicePixelRatio, bbox.height);
    ctx.fillStyle = palette.odd;
    ctx.fillRect(left - 2 * devicePixelRatio, bbox.top, width + 4 * devicePixelRatio, 3 * devicePixelRatio);
  }
  ctx.restore();
}

/** Lines across the chart with their names at the top; a name that would lie on the one before is left out, its line is not. */
export function drawMarks(plot: uPlot, marks: Mark[], palette: Palette): void {
  const { ctx, bbox } = plot;
  const size = devicePixelRatio;
  ctx.save();
  clip(plot);
  ctx.strokeStyle = palette.mark;
  ctx.fillStyle = palette.mark;
  ctx.lineWidth = 1.2 * size;
  ctx.font = `${11 * size}px "Geist Variable", system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  let free = -Infinity;
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const x = plot.valToPos(mark.at, 'x', true);
    ctx.setLineDash([3 * size, 3 * size]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const name = mark.label.length > 28 ? `${mark.label.slice(0, 27)}…` : mark.label;
    const width = ctx.measureText(name).width + 10 * size;
    // At the right edge the name stands before its line.
    const left = x + width > bbox.left + bbox.width ? x - width : x + 5 * size;
    if (left < free) continue;
    ctx.fillText(name, left, bbox.top + 5 * size);
    free = left + width;
  }
  ctx.restore();
}

export function drawOddPoints(plot: uPlot, data: ChartData, points: number[], palette: Palette): void {
  const { ctx } = plot;
  ctx.save();
  clip(plot);
  ctx.fillStyle = palette.odd;
  ctx.strokeStyle = palette.panel;
  ctx.lineWidth = devicePixelRatio;
  // The line drawn last was dashed, and the context remembers.
  ctx.setLineDash([]);
  const radius = dotRadius(plot, data, points) * devicePixelRatio;
  for (const index of points) {
    ctx.beginPath();
    ctx.arc(plot.valToPos(data.times[index]!, 'x', true), plot.valToPos(data.values[index]!, 'y', true), radius, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

/** Smaller where they crowd, so that many still read as many; CSS pixels. */
function dotRadius(plot: uPlot, data: ChartData, points: number[]): number {
  const [first, last] = [points[0], points[points.length - 1]];
  if (first === undefined || last === undefined || points.length < 3) return 4;
  const apart = (plot.valToPos(data.times[last]!, 'x') - plot.valToPos(data.times[first]!, 'x')) / (points.length - 1);
  return Math.min(Math.max(apart / 2.2, 2), 3.8);
}

function clip({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

const hasBand = (data: ChartData, index: number) => typeof data.lower[index] === 'number' || typeof data.upper[index] === 'number';

/** Stretches of indices with a band, broken only by an explicit gap or by a sample that was judged to have none. */
function bandedRuns(data: ChartData): [from: number, to: number][] {
  const runs: [number, number][] = [];
  let from = -1;
  let to = -1;
  data.times.forEach((_, index) => {
    if (hasBand(data, index)) {
      if (from < 0) from = index;
      to = index;
    } else if (data.lower[index] === null && data.upper[index] === null && from >= 0) {
      runs.push([from, to]);
      from = -1;
    }
  });
  if (from >= 0) runs.push([from, to]);
  return runs;
}
