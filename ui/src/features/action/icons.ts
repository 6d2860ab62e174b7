// The icon of each verb; one that came with a newer backend gets a general one.

import Check from "@lucide/svelte/icons/check";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CirclePlay from "@lucide/svelte/icons/circle-play";
import Play from "@lucide/svelte/icons/play";
import RotateCcw from "@lucide/svelte/icons/rotate-ccw";
import Square from "@lucide/svelte/icons/square";
import Undo from "@lucide/svelte/icons/undo-2";
import X from "@lucide/svelte/icons/x";
import Zap from "@lucide/svelte/icons/zap";

const ICONS = { start: Play, retry: RotateCcw, rollback: Undo, stop: Square, approve: Check, reject: X, hold: CirclePause, release: CirclePlay };

export const iconOf = (id: string): typeof Play => (ICONS as Record<string, typeof Play>)[id] ?? Zap;
