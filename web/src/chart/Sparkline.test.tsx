import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Point } from '../api/types';
import { Sparkline, scales } from './Sparkline';

const points: Point[] = [
  [0, 10],
  [1, 12],
  [2, 98],
];

test('The odd sample is inside the picture and the band behind the rest', () => {
  const { x, y, top, bottom } = scales(points, 8, 16, 100, 40);
  expect(x(2)).toBeLessThanOrEqual(100);
  expect(y(98)).toBeGreaterThanOrEqual(0);
  expect(y(10)).toBeGreaterThan(top);
  expect(y(10)).toBeLessThan(bottom);
  expect(y(98)).toBeLessThan(top);
});

test('A band without limits on one side reaches the edge', () => {
  expect(scales(points, null, 16, 100, 40).bottom).toBe(40);
  expect(scales(points, 8, null, 100, 40).top).toBe(0);
});

test('No samples make an empty picture with its name', () => {
  render(<Sparkline points={[]} label="nothing yet" />);
  expect(screen.getByRole('img', { name: 'nothing yet' })).toBeTruthy();
});

test('One value draws a level line, not NaN', () => {
  const { container } = render(<Sparkline points={[[5, 3]]} odd label="one" />);
  expect(container.innerHTML).not.toContain('NaN');
});
