// The goals as a bar chart in SVG, in the reader's own fonts, light or dark as the reader has it.
const WIDTH = 800;
const MARGIN = 24;
const PLOT = WIDTH - 2 * MARGIN;
const TOP = 84;
const ROW = 50;
const BAR = 16;
// A bar that is longer is cut off here.
const MOST = 2;
const TICKS = [0, 0.5, 1, 1.5, 2];

const STYLE = `
  svg { font-family: system-ui, sans-serif; font-size: 14px; --paper: #fff; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --reached: #1a7f37; --missed: #bc4c00; }
  @media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --line: #3d444d; --reached: #3fb950; --missed: #f0883e; } }
  .paper { fill: var(--paper); } text { fill: var(--ink); stroke: var(--paper); stroke-width: 4px; paint-order: stroke; } .title { font-size: 18px; font-weight: 600; } .faint { fill: var(--faint); font-size: 12px; }
  .grid { stroke: var(--line); } .goal { stroke: var(--ink); stroke-width: 2; } .reached { fill: var(--reached); } .missed { fill: var(--missed); }`;

const escaped = (text) => text.replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character]);
const x = (share) => MARGIN + (Math.min(share, MOST) / MOST) * PLOT;

function row({ measure, value, goal, reached, share }, index) {
  const y = TOP + index * ROW;
  const end = x(share);
  const tip = share > MOST ? `l ${BAR / 2} ${BAR / 2} l ${-BAR / 2} ${BAR / 2}` : `v ${BAR}`;
  const to = share > MOST ? end - BAR / 2 : end;
  return `
  <text x="${MARGIN}" y="${y}">${escaped(measure)}</text>
  <text x="${WIDTH - MARGIN}" y="${y}" text-anchor="end">${escaped(value.replace(/ \(.*/, ""))} <tspan class="faint">of ${escaped(goal)}</tspan></text>
  <path class="${reached ? "reached" : "missed"}" d="M ${MARGIN} ${y + 8} H ${to.toFixed(1)} ${tip} H ${MARGIN} Z"/>`;
}

function tick(share, bottom) {
  const isGoal = share === 1;
  return `
  <line class="${isGoal ? "goal" : "grid"}" x1="${x(share)}" x2="${x(share)}" y1="${TOP - 16}" y2="${bottom}"/>
  <text class="faint" x="${x(share)}" y="${bottom + 16}" text-anchor="${share === 0 ? "start" : share === MOST ? "end" : "middle"}">${isGoal ? "1 = the goal" : share}</text>`;
}

/** @param {{ measure: string, value: string, goal: string, reached: boolean, share?: number }[]} rows */
export function chart(rows, subtitle) {
  const bars = rows.filter(({ share }) => share !== undefined);
  const bottom = TOP + bars.length * ROW - 12;
  const height = bottom + 52;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
  <title id="title">astrolabe-client against its goals</title>
  <style>${STYLE}
  </style>
  <rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>
  <text class="title" x="${MARGIN}" y="34">astrolabe-client against its goals</text>
  <text class="faint" x="${MARGIN}" y="54">${escaped(subtitle)}</text>${TICKS.map((share) => tick(share, bottom)).join("")}${bars.map(row).join("")}
  <text class="faint" x="${WIDTH / 2}" y="${height - 12}" text-anchor="middle">how much of the goal is reached (longer is better; an arrow goes on past ${MOST})</text>
</svg>
`;
}
