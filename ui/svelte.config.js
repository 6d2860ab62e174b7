// Runes everywhere: one reactivity, visible in the code.
export default { compilerOptions: { runes: true } };
