// A pipeline's detail, apart from the page that the board comes with.

export const loadDetail = () => import("./PipelineDetail.svelte");
