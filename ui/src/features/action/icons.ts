// The icon of each verb; one that came with a newer backend gets a general one.

import Ban from "@lucide/svelte/icons/ban";
import Check from "@lucide/svelte/icons/check";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CirclePlay from "@lucide/svelte/icons/circle-play";
import FileDiff from "@lucide/svelte/icons/file-diff";
import Play from "@lucide/svelte/icons/play";
import RotateCcw from "@lucide/svelte/icons/rotate-ccw";
import ScanSearch from "@lucide/svelte/icons/scan-search";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import ShieldOff from "@lucide/svelte/icons/shield-off";
import SkipForward from "@lucide/svelte/icons/skip-forward";
import Square from "@lucide/svelte/icons/square";
import Trash from "@lucide/svelte/icons/trash-2";
import Undo from "@lucide/svelte/icons/undo-2";
import X from "@lucide/svelte/icons/x";
import Zap from "@lucide/svelte/icons/zap";

const ICONS = {
  start: Play, retry: RotateCcw, rollback: Undo, stop: Square, approve: Check, reject: X, hold: CirclePause, release: CirclePlay,
  "create-change-set": FileDiff, revert: Undo, execute: Play, discard: Trash, cancel: Ban, continue: SkipForward, "detect-drift": ScanSearch, protect: ShieldCheck, unprotect: ShieldOff, rerun: RotateCcw,
};

export const iconOf = (id: string): typeof Play => (ICONS as Record<string, typeof Play>)[id] ?? Zap;
