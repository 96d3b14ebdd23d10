/** The project's name and version, as package.json has them. */
export const TOOL = { name: 'mm-safetybench-gate', version: '1.0.0' } as const;
