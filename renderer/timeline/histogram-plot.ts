import uPlot from "uplot";
import { count } from "../format/quantity.ts";

/** How the histogram is drawn: statements as quiet bars, errors over them; dragging marks a stretch of time. */
export function histogramOptions(
  width: number,
  height: number,
  colour: (token: string) => string,
  onRange: (from: number, to: number) => void,
): uPlot.Options {
  const bars = uPlot.paths.bars?.({ size: [0.8, 14, 1], align: 1 });
  // Whole pixels: uPlot scales fonts for screens of more pixels by their digits before "px".
  const font = `11px ${colour("--sans")}`;
  const axis = { font, stroke: colour("--ink-3"), ticks: { show: false }, gap: 2 };
  return {
    width,
    height,
    padding: [24, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    scales: { x: { time: true }, y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 18,
        grid: { show: false },
        values: (_plot, times, _axis, _space, step) => times.map((time) => tick(time, step)),
        space: 90,
      },
      {
        ...axis,
        size: 44,
        grid: { stroke: colour("--line"), width: 1 },
        // The zero would stand on the first time.
        values: (_plot, counts) => counts.map((number) => (number === 0 ? "" : count(number))),
        space: 22,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6],
      },
    ],
    series: [
      {},
      {
        stroke: "transparent",
        fill: translucent(colour("--accent"), 0.55),
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      },
      { stroke: "transparent", fill: colour("--error"), width: 0, points: { show: false }, ...(bars && { paths: bars }) },
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: marked } = plot.select;
          if (marked < 4) return;
          onRange(Math.round(plot.posToVal(left, "x") * 1_000_000), Math.round(plot.posToVal(left + marked, "x") * 1_000_000));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function translucent(hex: string, alpha: number): string {
  return /^#[0-9a-f]{6}$/i.test(hex)
    ? hex +
        Math.round(alpha * 255)
          .toString(16)
          .padStart(2, "0")
    : hex;
}

const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short" });

/** A time on the axis, as fine as the `step` between ticks (seconds) asks for. */
function tick(time: number, step: number): string {
  if (step < 60) return second.format(time * 1000);
  return step < 86_400 ? minute.format(time * 1000) : day.format(time * 1000);
}
