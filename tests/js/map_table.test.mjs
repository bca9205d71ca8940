import assert from "node:assert/strict";
import { test } from "node:test";
import { placeInTable, tableOf, tableSize } from "../../viz/page/js/draw/map_table.js";

const look = { type: 14, measure: (text) => 8 * text.length };
const names = (count) => Array.from({ length: count }, (_, index) => String(index));
const depths = { vit_tiny: [12, 6], "ViT-L": [24, 16], "ViT-H": [32, 16] };

for (const [model, [blocks, heads]] of Object.entries(depths)) {
  for (const area of [{ width: 841, height: 380 }, { width: 370, height: 600 }, { width: 796, height: 400 }]) {
    test(`blocks are rows and heads columns, inside the box and never on one another: ${model}, ${area.width}`, () => {
      const table = tableOf({ rows: names(blocks), cols: names(heads) }, 1, area, look);
      const size = tableSize(table);
      assert.ok(size.width <= area.width + 1 && size.height <= area.height + 1);
      const seen = new Set();
      for (let block = 0; block < blocks; block++) {
        const row = names(heads).map((_, head) => placeInTable(table, block, head));
        assert.ok(row.every(({ y }) => y === row[0].y), "a block's heads stand in one row");
        assert.ok(row.slice(1).every(({ x }, index) => x - row[index].x > table.cell));
        row.forEach(({ x, y }) => seen.add(`${x},${y}`));
        const below = block + 1 < blocks && (block + 1) % table.each ? placeInTable(table, block + 1, 0) : null;
        if (below) assert.deepEqual([below.x, below.y - row[0].y > table.row], [row[0].x, true]);
        assert.ok(placeInTable(table, block, -1).x < row[0].x);
      }
      assert.equal(seen.size, blocks * heads);
    });
  }
}

test("rows stand side by side in groups where that makes maps larger", () => {
  const table = tableOf({ rows: names(12), cols: names(6) }, 1, { width: 841, height: 380 }, look);
  assert.ok(table.groups > 1);
  assert.equal(placeInTable(table, -1, 6).x - placeInTable(table, -1, 0).x, placeInTable(table, table.each, 0).x - placeInTable(table, 0, 0).x);
});
