// Messages as vite.config.ts makes them.
declare module "*.json?compiled" {
  const tree: () => Record<string, unknown>;
  export default tree;
}
