// The inspector's types, in an ES module.
import Koa from 'koa';

import inspect, { type Inspection, type Options } from 'framewright/inspect';

const options: Options = { token: 'sixteen-letters-or-more' };
const app = new Koa();
app.use(inspect(app, options));
const inspection: Inspection = inspect(app.listen());
inspection.close();
