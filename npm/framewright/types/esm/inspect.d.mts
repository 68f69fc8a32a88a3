import inspect from '../inspect.js';

export type Options = inspect.Options;
export type Inspection = inspect.Inspection;

export default inspect;
