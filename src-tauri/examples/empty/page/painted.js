globalThis.__TAURI_INTERNALS__.invoke("painted");
