// Where the services stand in the drawing of who calls whom. Pure.
import type { Topology } from '../../api/traces';

export interface Placed {
  name: string;
  x: number;
  y: number;
}

export const column = 210;
export const row = 64;

/** Callers to the left of what they call, as far as there are no circles: a node's column is the longest way to it, rows go by name. */
export function place(topology: Topology): { nodes: Placed[]; width: number; height: number } {
  const names = topology.nodes.map((node) => node.name).sort();
  const depth = new Map(names.map((name) => [name, 0]));
  // As many rounds as there are nodes; a circle then stops growing.
  for (let round = 0; round < names.length; round++) {
    let moved = false;
    for (const { from, to } of topology.edges) {
      const next = (depth.get(from) ?? 0) + 1;
      if (from === to || next <= (depth.get(to) ?? 0) || next >= names.length) continue;
      depth.set(to, next);
      moved = true;
    }
    if (!moved) break;
  }
  const used = [...new Set(depth.values())].sort((a, b) => a - b);
  const filled = new Map<number, number>();
  const nodes = names.map((name) => {
    const x = used.indexOf(depth.get(name) ?? 0);
    const y = filled.get(x) ?? 0;
    filled.set(x, y + 1);
    return { name, x: x * column, y: y * row };
  });
  return { nodes, width: Math.max(1, used.length) * column, height: Math.max(1, ...filled.values()) * row };
}
