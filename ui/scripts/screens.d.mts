export declare const SCREENS: readonly { id: string; fixtures: readonly string[]; query: { view: string } }[];
