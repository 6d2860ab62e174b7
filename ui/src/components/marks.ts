// How each health mark is drawn: paths on a grid of 16 units, known by outline alone. Paths and no <use>: the web view keeps
// a copy of all it names for each <use>, and a board has a hundred marks.

import type { MarkName } from "./health";

export interface Drawing {
  /** Stroked. */
  line?: string;
  /** Stroked with gaps. */
  dashed?: string;
  /** Filled. */
  solid?: string;
  /** Stroked in the colour it stands on, over what is filled. */
  cut?: string;
}

const CIRCLE = "M14.25 8a6.25 6.25 0 1 1-12.5 0a6.25 6.25 0 1 1 12.5 0Z";

export const DRAWINGS: Record<MarkName, Drawing> = {
  ok: { line: `${CIRCLE}m-8.95.3 1.9 1.8 3.6-3.9` },
  running: { line: CIRCLE, solid: "M8 4.6a3.4 3.4 0 1 1-3.2 4.5L8 8Z" },
  waiting: { line: `${CIRCLE}M6.4 5.8v4.4M9.6 5.8v4.4` },
  stuck: { line: "M4 1.75h8M4 14.25h8M5 1.75v2.4C5 6 8 6.8 8 8c0-1.2 3-2 3-3.85v-2.4M5 14.25v-2.4C5 10 8 9.2 8 8c0 1.2 3 2 3 3.85v2.4" },
  attention: { line: "M7.1 2.5a1 1 0 0 1 1.8 0l5.3 9.7a1 1 0 0 1-.9 1.5H2.7a1 1 0 0 1-.9-1.5ZM8 6.2v3.2M8 11.6v.1" },
  failed: { solid: "M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2Z", cut: "m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2" },
  unknown: { dashed: CIRCLE, line: "M6.5 6.6A1.6 1.6 0 1 1 8 8.3v.6M8 11v.1" },
  retired: { line: "M4.5 2h7a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-7a2.5 2.5 0 0 1-2.5-2.5v-7a2.5 2.5 0 0 1 2.5-2.5ZM5.3 8h5.4" },
  stopped: { line: CIRCLE, solid: "M6.5 5.9h3a.6.6 0 0 1 .6.6v3a.6.6 0 0 1-.6.6h-3a.6.6 0 0 1-.6-.6v-3a.6.6 0 0 1 .6-.6Z" },
  none: { line: "M10.6 8a2.6 2.6 0 1 1-5.2 0a2.6 2.6 0 1 1 5.2 0Z" },
  off: { line: "M4.5 8h7" },
};
