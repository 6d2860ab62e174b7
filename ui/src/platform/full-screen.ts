// The whole screen, where whatever shows the page gives it: only while a key or click of the user is answered, and the user
// may take it back at any time. The window needs no permission of the shell for it; the web view does it itself.

/** Takes the whole screen, or gives it back. Where that is refused, the page stays as it is. */
export async function fullScreen(on: boolean): Promise<void> {
  try {
    if (on) await document.documentElement.requestFullscreen();
    else if (document.fullscreenElement) await document.exitFullscreen();
  } catch {
    // No gesture of the user, or no such thing here: what is shown is the same, in the window.
  }
}

/** Hears that the whole screen was given back. Returns what stops it. */
export function onFullScreenLeft(left: () => void): () => void {
  const changed = () => document.fullscreenElement === null && left();
  document.addEventListener("fullscreenchange", changed);
  return () => document.removeEventListener("fullscreenchange", changed);
}
