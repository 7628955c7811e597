/** Where the windows of a pool lie along one axis. */

/** The part of one axis that one output sees, cut to the map. */
export interface AxisWindow {
  readonly start: number;
  readonly taps: number;
  /** What the mean divides by along this axis. */
  readonly divisor: number;
}

/** Neighbouring outputs whose windows differ only in their place. */
export interface WindowRun extends AxisWindow {
  readonly first: number;
  readonly count: number;
  /** From one window to the next. */
  readonly step: number;
}

export function windowRuns(windows: readonly AxisWindow[]): readonly WindowRun[] {
  const runs: WindowRun[] = [];
  windows.forEach((window, first) => {
    const last = runs.at(-1);
    const alike = last?.taps === window.taps && last.divisor === window.divisor;
    const step = window.start - (windows[first - 1]?.start ?? 0);
    // Dilated windows that are cut may begin before the one in front: no address goes back.
    const follows = step >= 0 && (last?.count === 1 || last?.step === step);
    if (last && alike && follows) {
      runs[runs.length - 1] = { ...last, count: last.count + 1, step };
    } else runs.push({ ...window, first, count: 1, step: 0 });
  });
  return runs;
}
