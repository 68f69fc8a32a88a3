// Circles in what imports what (Tarjan's strongly connected components).

/**
 * @param {Map<string, string[]>} imports What each file imports
 * @returns {string[][]} The files of each circle
 */
export function circlesOf(imports) {
  const circles = [];
  const order = new Map();
  const lowest = new Map();
  const stack = [];

  const visit = (file) => {
    order.set(file, order.size);
    lowest.set(file, order.get(file));
    stack.push(file);

    for (const other of imports.get(file) ?? []) {
      if (!order.has(other)) visit(other);
      if (stack.includes(other)) {
        lowest.set(file, Math.min(lowest.get(file), lowest.get(other)));
      }
    }

    if (lowest.get(file) !== order.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || imports.get(file)?.includes(file)) {
      circles.push(circle.sort());
    }
  };

  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles.sort();
}
