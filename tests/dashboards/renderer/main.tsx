// SPDX-License-Identifier: Apache-2.0
// Draws a dashboard with Grafana's own panel components, as Grafana would; see README.md for what it leaves out.
import React from 'react';
import { createRoot } from 'react-dom/client';
import {
  applyFieldOverrides, cacheFieldDisplayNames, createDataFrame, createTheme, DataFrame, dateTime, FieldType, getDisplayValueAlignmentFactors,
  getFieldDisplayValues, getValueFormats, rangeUtil, Registry, standardTransformers, standardTransformersRegistry, transformDataFrame,
} from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { BigValue, GlobalStyles, PanelChrome, ThemeContext, TimeSeries } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { firstValueFrom } from 'rxjs';

type Variables = Record<string, string>;
interface Context { from: number; to: number; step: number; rate: number; variables: Variables }
interface PanelReport {
  id: number; title: string; type: string; series: number; points: number; milliseconds: number; errors: string[];
}
declare global { interface Window { report?: { panels: PanelReport[]; errors: string[]; height: number } } }

const parameters = new URLSearchParams(location.search);
const parameter = (name: string) => parameters.get(name) ?? '';
const prometheus = parameter('prometheus');
const width = Number(parameter('width'));
const end = Number(parameter('now'));
const theme = createTheme({ colors: { mode: parameter('theme') === 'light' ? 'light' : 'dark' } });
const SCRAPE_SECONDS = 15; // what Grafana takes a data source to have
const ROW = 30, GAP = 8;
const errors: string[] = [];

// ---- queries

function relative(text: string): number {
  const match = /^now(?:-(\d+)([smhd]))?$/.exec(text);
  if (!match) throw new Error(`time ${text} is not understood`);
  const unit: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 };
  return end - (match[1] ? Number(match[1]) * unit[match[2]] : 0);
}

const substitute = (text: string, variables: Variables) =>
  text.replace(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (all, a, b) => variables[a ?? b] ?? all);

const seconds = (text: string) => rangeUtil.intervalToMs(text) / 1000;

/** The step and $__rate_interval that Grafana would choose. */
function intervals(from: number, to: number, pixels: number, least: number) {
  const step = Math.max(least, rangeUtil.roundInterval(((to - from) * 1000) / pixels) / 1000);
  return { step, rate: Math.max(step + least, 4 * least) };
}

async function api(path: string, query: Record<string, string>) {
  const answer = await (await fetch(`${prometheus}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(query) })).json();
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data.result;
}

function legend(format: string, labels: Record<string, string>) {
  if (format && format !== '__auto') return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');
  const inside = Object.entries(labels).filter(([name]) => name !== '__name__').map(([name, value]) => `${name}="${value}"`);
  return `${labels.__name__ ?? ''}{${inside.join(', ')}}`;
}

function tableFrame(result: any[], refId: string, valueName: string): DataFrame {
  const labels = [...new Set(result.flatMap((row) => Object.keys(row.metric)))].sort() as string[];
  return createDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: result.map((row) => row.value[0] * 1000) },
      ...labels.map((label) => ({ name: label, type: FieldType.string, values: result.map((row) => row.metric[label] ?? '') })),
      { name: valueName, type: FieldType.number, values: result.map((row) => Number(row.value[1])) },
    ],
  });
}

function seriesFrame(row: any, target: any, context: Context): DataFrame {
  // Grafana leaves a gap where a value is not finite.
  const finite = (text: string) => (Number.isFinite(Number(text)) ? Number(text) : null);
  const found = new Map<number, number | null>((row.values ?? []).map(([at, value]: any) => [at, finite(value)]));
  const times: number[] = [], values: Array<number | null> = [];
  if (row.value) {
    times.push(row.value[0] * 1000);
    values.push(Number(row.value[1]));
  } else {
    for (let at = Math.floor(context.from / context.step) * context.step; at <= context.to; at += context.step) {
      times.push(at * 1000);
      values.push(found.get(at) ?? null);
    }
  }
  return createDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, config: { interval: context.step * 1000 }, values: times },
      {
        name: 'Value', type: FieldType.number, labels: row.metric, values,
        config: { displayNameFromDS: legend(target.legendFormat, row.metric) },
      },
    ],
  });
}

async function query(panel: any, pixels: number, base: Omit<Context, 'step' | 'rate'>) {
  const frames: DataFrame[] = [], failures: string[] = [];
  let context = { ...base, step: 0, rate: 0 };
  const tables = panel.targets.filter((target: any) => target.format === 'table');
  for (const target of panel.targets) {
    const { step, rate } = intervals(base.from, base.to, pixels, target.interval ? seconds(target.interval) : SCRAPE_SECONDS);
    const variables = { ...base.variables, __rate_interval: `${rate}s`, __interval: `${step}s`, __range: `${base.to - base.from}s` };
    context = { ...base, variables, step, rate };
    const expression = substitute(target.expr, variables);
    try {
      if (target.instant) {
        const result = await api('query', { query: expression, time: String(base.to) });
        if (target.format === 'table') {
          frames.push(tableFrame(result, target.refId, tables.length > 1 ? `Value #${target.refId}` : 'Value'));
        } else {
          frames.push(...result.map((row: any) => seriesFrame(row, target, context)));
        }
      } else {
        const [start, stop] = [base.from, base.to].map((at) => String(Math.floor(at / step) * step));
        const result = await api('query_range', { query: expression, start, end: stop, step: String(step) });
        frames.push(...result.map((row: any) => seriesFrame(row, target, context)));
      }
    } catch (error: any) {
      failures.push(`${target.refId}: ${error.message}`);
    }
  }
  if (frames.every((frame) => frame.length === 0)) frames.length = 0;
  return { frames, failures, context };
}

// ---- panels

/** What fields may be configured with: the standard ones, and those of this panel's type. */
function fieldRegistry(panel: any) {
  const identity = (value: any) => value;
  const item = (id: string, path: string, isCustom: boolean) =>
    ({ id, path, name: id, isCustom, process: identity, shouldApply: () => true, override: () => null, editor: () => null });
  const standard = ['unit', 'min', 'max', 'decimals', 'displayName', 'color', 'thresholds', 'mappings', 'noValue', 'links'];
  const custom = new Set<string>(Object.keys(panel.fieldConfig.defaults.custom ?? {}));
  for (const override of panel.fieldConfig.overrides)
    for (const { id } of override.properties) if (id.startsWith('custom.')) custom.add(id.slice(7));
  return new Registry<any>(() => [
    ...standard.map((id) => item(id, id, false)), ...[...custom].map((id) => item(`custom.${id}`, id, true)),
  ] as any);
}

function Nothing({ panel, height }: any) {
  return (
    <div style={{ color: theme.colors.text.secondary, textAlign: 'center', padding: `${height / 2 - 22}px 12px 0` }}>
      {panel.fieldConfig.defaults.noValue ?? 'No data'}
    </div>
  );
}

function Visualization({ panel, frames, width, height, context }: any) {
  const replaceVariables = (text: string) => substitute(text, context.variables);
  const fieldConfig = structuredClone(panel.fieldConfig);
  const withFloor = (steps: any[]) => { for (const step of steps) step.value ??= -Infinity; };
  withFloor(fieldConfig.defaults.thresholds.steps);
  for (const override of fieldConfig.overrides)
    for (const { id, value } of override.properties) if (id === 'thresholds') withFloor(value.steps);
  const data = applyFieldOverrides({
    data: frames, fieldConfig, fieldConfigRegistry: fieldRegistry(panel), replaceVariables, theme, timeZone: 'utc',
  });
  cacheFieldDisplayNames(data);
  const options = panel.options;
  if (panel.type === 'stat') {
    const values = getFieldDisplayValues({
      data, reduceOptions: options.reduceOptions, fieldConfig, replaceVariables, theme, sparkline: false, timeZone: 'utc',
    });
    const upright = options.orientation === 'horizontal';
    const alignmentFactors = getDisplayValueAlignmentFactors(values);
    const each = (upright ? height : width) / values.length;
    return (
      <div style={{ display: 'flex', flexDirection: upright ? 'column' : 'row', gap: 4 }}>
        {values.map((value, index) => (
          <BigValue key={index} width={upright ? width : each - 4} height={upright ? each - 4 : height} value={value.display}
            colorMode={options.colorMode} graphMode={options.graphMode} justifyMode={options.justifyMode}
            textMode={options.textMode} alignmentFactors={alignmentFactors} count={values.length} text={options.text} theme={theme}
            disableWideLayout={!options.wideLayout} />
        ))}
      </div>
    );
  }
  if (!data.length) return <Nothing panel={panel} height={height} />;
  if (panel.type === 'table') {
    return <TableNG data={data[0]} width={width} height={height} cellHeight={options.cellHeight} initialSortBy={options.sortBy}
      fieldConfig={fieldConfig} structureRev={1} enableVirtualization={false} enablePagination={options.enablePagination} />;
  }
  const [from, to] = [dateTime(context.from * 1000), dateTime(context.to * 1000)];
  return <TimeSeries frames={data} structureRev={1} timeRange={{ from, to, raw: { from, to } }} timeZone="utc"
    width={width} height={height} legend={options.legend} options={options} />;
}

class Boundary extends React.Component<any, { failed: boolean }> {
  state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  componentDidCatch(error: Error) { errors.push(`panel ${this.props.title}: ${error.message}`); }
  render() { return this.state.failed ? null : this.props.children; }
}

const UNITS = new Set(getValueFormats().flatMap((group) => group.submenu.map((unit: any) => unit.value)));

/** Grafana takes a unit that it does not know for a word to put behind the value. */
function unknownUnits(panel: any): string[] {
  const overrides = panel.fieldConfig.overrides.flatMap((override: any) => override.properties);
  const units = [panel.fieldConfig.defaults.unit, ...overrides.filter(({ id }: any) => id === 'unit').map(({ value }: any) => value)];
  return units.filter((unit) => !UNITS.has(unit) && !unit.startsWith('suffix:')).map((unit) => `no unit ${unit}`);
}

async function drawn(panel: any, box: any, base: any, reports: PanelReport[]) {
  const style: React.CSSProperties = { position: 'absolute', left: box.left, top: box.top, width: box.width, height: box.height };
  if (panel.type === 'row') {
    return <div key={panel.id} style={{ ...style, color: theme.colors.text.primary, fontSize: 16, fontWeight: 500 }}>▾ {panel.title}</div>;
  }
  const began = performance.now();
  const { frames, failures, context } = await query(panel, box.width, base);
  const milliseconds = Math.round(performance.now() - began);
  const shown = frames.length ? await firstValueFrom(transformDataFrame(panel.transformations ?? [], frames)) : [];
  const points = frames.flatMap((frame) => frame.fields.at(-1)!.values).filter((value) => value !== null).length;
  const series = panel.type === 'table' ? Math.max(0, ...frames.map((frame) => frame.length)) : frames.length;
  reports.push({ id: panel.id, title: panel.title, type: panel.type, series, points, milliseconds, errors: [...failures, ...unknownUnits(panel)] });
  return (
    <div key={panel.id} style={style}>
      <PanelChrome title={panel.title} description={panel.description} width={box.width} height={box.height}>
        {(innerWidth: number, innerHeight: number) => (
          <Boundary title={panel.title}>
            <Visualization panel={panel} frames={shown} width={innerWidth} height={innerHeight} context={context} />
          </Boundary>
        )}
      </PanelChrome>
    </div>
  );
}

async function main() {
  await initPluginTranslations('grafana').catch(() => {});
  standardTransformersRegistry.setInit(() =>
    [...new Map(Object.values(standardTransformers).map((each: any) => [each.id, each])).values()].map((transformation: any) => ({ ...transformation, transformation, editor: () => null })) as any);
  const dashboard = await (await fetch('/dashboard.json')).json();
  const chosen: Variables = JSON.parse(parameter('variables') || '{}');
  const variables: Variables = {};
  for (const variable of dashboard.templating.list) variables[variable.name] = chosen[variable.name] ?? variable.allValue ?? '.+';
  const base = { from: relative(dashboard.time.from), to: relative(dashboard.time.to), variables };
  const column = width / 24;
  const panels: PanelReport[] = [], elements = [];
  let bottom = 0;
  for (const panel of dashboard.panels) {
    const { x, y, w, h } = panel.gridPos;
    const box = { left: x * column, top: y * (ROW + GAP), width: w * column - GAP, height: h * (ROW + GAP) - GAP };
    bottom = Math.max(bottom, box.top + box.height);
    elements.push(await drawn(panel, box, base, panels));
  }
  const values = dashboard.templating.list.filter((variable: any) => variable.type === 'query')
    .map((variable: any) => `${variable.label}: ${chosen[variable.name] ?? 'All'}`).join('   ·   ');
  createRoot(document.getElementById('root')!).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ padding: 16, background: theme.colors.background.canvas, color: theme.colors.text.primary }}>
        <div style={{ fontSize: 20, fontWeight: 500 }}>{dashboard.title}</div>
        <div style={{ margin: '4px 0 12px', color: theme.colors.text.secondary }}>{values}</div>
        <div style={{ position: 'relative', width, height: bottom }}>{elements}</div>
      </div>
    </ThemeContext.Provider>
  );
  requestAnimationFrame(() => requestAnimationFrame(() => { window.report = { panels, errors, height: bottom + 96 }; }));
}

main().catch((error) => {
  window.report = { panels: [], errors: [String(error.stack)], height: 100 };
});
