// The page anew: what it holds of views is no longer what is kept.

export const anew = (): void => location.reload();
