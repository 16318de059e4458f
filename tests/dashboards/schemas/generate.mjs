// SPDX-License-Identifier: Apache-2.0
// Writes grafana-VERSION.schema.json from the types of @grafana/schema (Apache-2.0), without what no test needs:
//   npm ci && node generate.mjs
import fs from 'node:fs';
import { createGenerator } from 'ts-json-schema-generator';

// Where each version keeps its types.
const VERSIONS = { '10.4': 'dist/index.d.ts', '11.6': 'dist/esm/index.d.ts', '12.4': 'dist/types/index.d.ts' };
const PANELS = { Timeseries: 'timeseries/panelcfg/x/TimeSeriesPanelCfg', Stat: 'stat/panelcfg/x/StatPanelCfg', Table: 'table/panelcfg/x/TablePanelCfg' };

function typesOf(version) {
  const lines = [`import type * as S from '@grafana/schema';`, 'export type Dashboard = S.Dashboard;', 'export type RowPanel = S.RowPanel;', 'export type Panel = S.Panel;'];
  for (const [name, path] of Object.entries(PANELS)) {
    lines.push(`import type * as ${name} from './node_modules/grafana-${version}/dist/esm/raw/composable/${path}_types.gen';`);
    lines.push(`export type ${name}Options = ${name}.Options;`);
    if (name !== 'Stat') lines.push(`export type ${name}FieldConfig = ${name}.FieldConfig;`);
  }
  return lines.join('\n');
}

// Grafana fills in defaults, so nothing is required; and descriptions are not checked.
function stripped(node) {
  if (Array.isArray(node)) return node.map(stripped);
  if (node === null || typeof node !== 'object') return node;
  const result = {};
  for (const [key, value] of Object.entries(node)) {
    if (['description', 'deprecated', '$comment'].includes(key) && typeof value === 'string') continue;
    if (key === 'deprecated' && value === true) continue;
    if (key === 'required' && Array.isArray(value)) continue;
    result[key] = stripped(value);
  }
  return result;
}

for (const [version, index] of Object.entries(VERSIONS)) {
  const path = `types-${version}.ts`;
  fs.writeFileSync(path, typesOf(version));
  fs.writeFileSync('tsconfig.json', JSON.stringify({
    compilerOptions: { module: 'esnext', moduleResolution: 'bundler', target: 'es2022', strict: true, noEmit: true, skipLibCheck: true, types: [],
      // The packages' own files import each other by the name that the alias replaces.
      paths: { '@grafana/schema': [`./node_modules/grafana-${version}/${index}`] } },
    files: [path],
  }));
  // One by one: types of different panels have the same names.
  const roots = ['Dashboard', 'RowPanel', 'Panel', ...Object.keys(PANELS).flatMap((name) => (name === 'Stat' ? ['StatOptions'] : [`${name}Options`, `${name}FieldConfig`]))];
  const settings = { path, tsconfig: 'tsconfig.json', expose: 'none', topRef: false, skipTypeCheck: true, jsDoc: 'none', additionalProperties: false };
  const definitions = Object.fromEntries(roots.map((name) => {
    const { $schema, definitions: inner, ...schema } = createGenerator({ ...settings, type: name }).createSchema(name);
    if (inner && Object.keys(inner).length) throw new Error(`${name} refers to ${Object.keys(inner)}`);
    return [name, stripped(schema)];
  }));
  const text = JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', $comment: `From the types of npm's @grafana/schema ${version} (Apache-2.0), by generate.mjs`, definitions });
  fs.writeFileSync(`grafana-${version}.schema.json`, text.replaceAll('},"', '},\n"') + '\n');
  fs.rmSync(path);
  fs.rmSync('tsconfig.json');
}
