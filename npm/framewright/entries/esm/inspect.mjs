import inspect from '../inspect.js';

export default inspect;
