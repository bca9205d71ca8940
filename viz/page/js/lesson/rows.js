// What one patch looks at, computed here: from a block's stored tokens and the layer that makes q and k of them.

/**
 * A block as a lesson holds it. `tokens` are whole numbers, patch after patch; times `scales` of their patch they are what
 * norm1 gave. Tables of relative position have 2·side − 1 rows, made for the side of a query's window; null without.
 * @typedef {object} Block
 * @property {Int16Array} tokens
 * @property {Float32Array} scales
 * @property {Float32Array} queryWeight inner × dim
 * @property {Float32Array} queryBias
 * @property {Float32Array} keyWeight inner × dim
 * @property {Float32Array} keyBias
 * @property {Float32Array | null} relH rows × headDim
 * @property {Float32Array | null} relW
 * @property {number} window The side of a window, in patches; 0 where the block is global.
 * @property {boolean} masked Whether window padding is left out of the softmax, as in a what-if.
 * @property {number} heads
 * @property {number} dim
 * @property {number} scale 1/√headDim.
 */

/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {{row: number, col: number, window: Patch, size: Patch, inside: Patch}} Span */
/**
 * One query's row of the attention matrix, in every head; NaN outside the query's window.
 * @typedef {object} Row
 * @property {Span} span
 * @property {Float32Array} weights heads × rows × cols
 * @property {Float32Array} content heads × rows × cols
 * @property {Float32Array} relH heads × rows
 * @property {Float32Array} relW heads × cols
 * @property {Float32Array} windowPadding
 * @property {Float32Array} imagePadding
 */

/** The keys that a query can see; as `samvit.attention.span_of`. @param {Patch} query @param {Patch} grid @param {number} side Of a window. @param {boolean} masked @returns {Span} */
export function spanOf(query, grid, side, masked) {
  if (!side) return { row: 0, col: 0, window: grid, size: grid, inside: grid };
  const [row, col] = query.map((index) => Math.floor(index / side) * side);
  /** @type {Patch} */
  const inside = [Math.min(side, grid[0] - row), Math.min(side, grid[1] - col)];
  return { row, col, window: [side, side], size: masked ? inside : [side, side], inside };
}

/** One token times a layer, and its bias. @param {Block} block @param {number} at @param {Float32Array} weight @param {Float32Array} bias */
function project({ tokens, scales, dim }, at, weight, bias) {
  return bias.map((start, row) => {
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += weight[row * dim + i] * tokens[at * dim + i];
    return start + sum * scales[at];
  });
}

/**
 * A head's query brought to the tokens' side, so that no key need be made: q·(W x + b) = (Wᵀq)·x + q·b.
 * @param {Block} block @param {Float32Array} q @param {number} head
 */
function toTokens({ keyWeight, keyBias, heads, dim, scale }, q, head) {
  const headDim = q.length / heads;
  const direction = new Float64Array(dim);
  let constant = 0;
  for (let j = head * headDim; j < (head + 1) * headDim; j++) {
    constant += q[j] * keyBias[j] * scale;
    for (let i = 0; i < dim; i++) direction[i] += q[j] * scale * keyWeight[j * dim + i];
  }
  return { direction, constant };
}

/** A head's bias for each row, or column, of a window; q is unscaled here. @param {Float32Array | null} table @param {Float32Array} q @param {number} headDim @param {number} from @param {number} place @param {number} side */
function biases(table, q, headDim, from, place, side) {
  return Float64Array.from({ length: side }, (_, key) => {
    let sum = 0;
    const row = place - key + side - 1;
    if (table) for (let j = 0; j < headDim; j++) sum += q[from + j] * table[row * headDim + j];
    return sum;
  });
}

/** @param {Block} block @param {Patch} grid @param {Patch} photoGrid How far the photo reaches. @param {Patch} query @returns {Row} */
export function attentionRow(block, grid, photoGrid, query) {
  const { heads } = block;
  const span = spanOf(query, grid, block.window, block.masked);
  const q = project(block, query[0] * grid[1] + query[1], block.queryWeight, block.queryBias);
  const whole = heads * grid[0] * grid[1];
  /** @type {Row} */
  const row = {
    span,
    weights: new Float32Array(whole).fill(NaN),
    content: new Float32Array(whole).fill(NaN),
    relH: new Float32Array(heads * grid[0]).fill(NaN),
    relW: new Float32Array(heads * grid[1]).fill(NaN),
    windowPadding: new Float32Array(heads),
    imagePadding: new Float32Array(heads),
  };
  for (let head = 0; head < heads; head++) oneHead(block, grid, photoGrid, query, q, head, row);
  return row;
}

/** @param {Block} block @param {Patch} grid @param {Patch} photoGrid @param {Patch} query @param {Float32Array} q @param {number} head @param {Row} row */
function oneHead(block, grid, photoGrid, query, q, head, row) {
  const { span } = row;
  const headDim = q.length / block.heads;
  const { direction, constant } = toTokens(block, q, head);
  const relH = biases(block.relH, q, headDim, head * headDim, query[0] - span.row, span.window[0]);
  const relW = biases(block.relW, q, headDim, head * headDim, query[1] - span.col, span.window[1]);
  const scores = new Float64Array(span.size[0] * span.size[1]);
  let highest = -Infinity;
  for (let r = 0; r < span.size[0]; r++) {
    for (let c = 0; c < span.size[1]; c++) {
      let content = constant; // all that a padding token has: its key is the bias
      if (r < span.inside[0] && c < span.inside[1]) {
        const at = (span.row + r) * grid[1] + span.col + c;
        content += dot(direction, block.tokens, at * block.dim) * block.scales[at];
        row.content[head * grid[0] * grid[1] + at] = content;
      }
      const score = content + relH[r] + relW[c];
      scores[r * span.size[1] + c] = score;
      if (score > highest) highest = score;
    }
  }
  for (let r = 0; r < span.inside[0]; r++) row.relH[head * grid[0] + span.row + r] = relH[r];
  for (let c = 0; c < span.inside[1]; c++) row.relW[head * grid[1] + span.col + c] = relW[c];
  spread(scores, highest, grid, photoGrid, head, row);
}

/** @param {Float64Array} direction @param {Int16Array} tokens @param {number} from */
function dot(direction, tokens, from) {
  let sum = 0;
  for (let i = 0; i < direction.length; i++) sum += direction[i] * tokens[from + i];
  return sum;
}

/** Softmax over the span, laid out on the grid; what went to padding stands apart. @param {Float64Array} scores @param {number} highest @param {Patch} grid @param {Patch} photoGrid @param {number} head @param {Row} row */
function spread(scores, highest, grid, photoGrid, head, row) {
  const { span } = row;
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += scores[i] = Math.exp(scores[i] - highest);
  for (let i = 0; i < scores.length; i++) {
    const [r, c] = [Math.floor(i / span.size[1]), i % span.size[1]];
    const weight = scores[i] / sum;
    if (r >= span.inside[0] || c >= span.inside[1]) {
      row.windowPadding[head] += weight;
      continue;
    }
    const place = [span.row + r, span.col + c];
    row.weights[(head * grid[0] + place[0]) * grid[1] + place[1]] = weight;
    if (place[0] >= photoGrid[0] || place[1] >= photoGrid[1]) row.imagePadding[head] += weight;
  }
}
