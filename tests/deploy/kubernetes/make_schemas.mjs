// SPDX-License-Identifier: Apache-2.0
// Prints JSON schemas of the interfaces of .d.ts files; see make_schemas.sh.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const KINDS = {
  'apps/v1/DaemonSet': 'kubernetes-models/apps/v1/DaemonSet',
  'apps/v1/Deployment': 'kubernetes-models/apps/v1/Deployment',
  'v1/ConfigMap': 'kubernetes-models/v1/ConfigMap',
  'v1/Namespace': 'kubernetes-models/v1/Namespace',
  'networking.k8s.io/v1/NetworkPolicy': 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy',
  'monitoring.coreos.com/v1/PodMonitor': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor',
  'monitoring.coreos.com/v1/PrometheusRule': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule',
};
// What clusters write, not we.
const LEFT_OUT = new Set(['status', 'managedFields', 'ephemeralContainers']);

const definitions = {};
const files = new Map();

function resolveModule(from, module) {
  return module.startsWith('.') ? path.resolve(path.dirname(from), module.replace(/\.js$/, '') + '.d.ts')
                                : path.resolve('node_modules', module + '.d.ts');
}

function readFile(file) {
  if (!files.has(file)) {
    const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const imports = new Map();
    const types = new Map();
    for (const node of source.statements) {
      if (ts.isImportDeclaration(node))
        for (const element of node.importClause?.namedBindings?.elements ?? [])
          imports.set(element.name.text, [resolveModule(file, node.moduleSpecifier.text), element.name.text]);
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) types.set(node.name.text, node);
      if (ts.isExportDeclaration(node) && node.exportClause)
        for (const element of node.exportClause.elements)
          if (element.propertyName && types.has(element.propertyName.text))
            types.set(element.name.text, types.get(element.propertyName.text));
    }
    files.set(file, {imports, types});
  }
  return files.get(file);
}

function reference(file, name) {
  const {imports, types} = readFile(file);
  if (imports.has(name)) return reference(...imports.get(name));
  const node = types.get(name);
  if (!node) throw new Error(`${name} is not in ${file}`);
  const key = path.relative('node_modules', file).replace(/\.d\.ts$/, '').replace(/[^A-Za-z0-9.]+/g, '_');
  if (!(key in definitions)) {
    definitions[key] = null;  // may refer to itself
    definitions[key] = ts.isInterfaceDeclaration(node) ? objectOf(file, node) : typeOf(file, node.type);
  }
  return {$ref: `#/definitions/${key}`};
}

function objectOf(file, node) {
  const schema = {type: 'object', properties: {}, required: [], additionalProperties: false};
  for (const member of node.members) {
    if (ts.isIndexSignatureDeclaration(member)) {
      schema.additionalProperties = typeOf(file, member.type);
      continue;
    }
    const name = member.name.text;
    if (LEFT_OUT.has(name)) continue;
    schema.properties[name] = typeOf(file, member.type);
    if (!member.questionToken) schema.required.push(name);
  }
  if (!schema.required.length) delete schema.required;
  // A type without members stands for any content.
  if (!Object.keys(schema.properties).length && schema.additionalProperties === false) return {};
  return schema;
}

function typeOf(file, node) {
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword: return {type: 'string'};
    case ts.SyntaxKind.NumberKeyword: return {type: 'number'};
    case ts.SyntaxKind.BooleanKeyword: return {type: 'boolean'};
    case ts.SyntaxKind.AnyKeyword:
    case ts.SyntaxKind.UnknownKeyword: return {};
    case ts.SyntaxKind.LiteralType: return {const: node.literal.text};
    case ts.SyntaxKind.TypeLiteral: return objectOf(file, node);
    case ts.SyntaxKind.ArrayType: return {type: 'array', items: typeOf(file, node.elementType)};
    case ts.SyntaxKind.ParenthesizedType: return typeOf(file, node.type);
    case ts.SyntaxKind.UnionType: {
      const all = node.types.map((type) => typeOf(file, type));
      return all.every((type) => 'const' in type) ? {enum: all.map((type) => type.const)} : {anyOf: all};
    }
    case ts.SyntaxKind.TypeReference: {
      const name = node.typeName.text;
      if (name === 'Array') return {type: 'array', items: typeOf(file, node.typeArguments[0])};
      return reference(file, name);
    }
    default: throw new Error(`${ts.SyntaxKind[node.kind]} in ${file}`);
  }
}

const kinds = {};
for (const [kind, module] of Object.entries(KINDS))
  kinds[kind] = reference(path.resolve('node_modules', module + '.d.ts'), 'I' + kind.split('/').pop());
const sorted = Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));
// A line for each definition: diffs show what has changed.
const lines = (object) => Object.entries(object).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',\n');
console.log(`{\n"kinds": {\n${lines(kinds)}\n},\n"definitions": {\n${lines(sorted)}\n}\n}`);
