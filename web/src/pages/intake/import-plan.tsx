// What the columns of an uploaded file mean, and a dry run that names every bad cell before anything is written.
import { useState } from 'react'
import { Button, Input, Radio, Select } from 'antd'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api } from '../../api/index.ts'
import type { CellError, DryRun, ImportPlan, ImportUpload } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act, FormProblem } from '../../ui/act.tsx'
import { number } from '../../ui/format.ts'
import { Card, Mark, Tile } from '../../ui/page.tsx'
import { FIELDS, lacking, remapped, targets } from './fields.ts'
import './import.css'

function Cells({ cells, caption }: { cells: CellError[]; caption: string }) {
  const { t } = useSay()
  if (cells.length === 0) return null
  return (
    <>
      <h3 className="sub">{caption}</h3>
      <div className="table-scroll bad-cells">
        <table className="plain">
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              <th className="num">{t('imports.row')}</th>
              <th>{t('imports.column')}</th>
              <th>{t('imports.value')}</th>
              <th>{t('imports.problem')}</th>
            </tr>
          </thead>
          <tbody>
            {cells.slice(0, 200).map((e, i) => (
              <tr key={i}>
                <td className="num">{e.row}</td>
                <td>{e.column || '—'}</td>
                <td>
                  <code>{e.value || '—'}</code>
                </td>
                <td>{e.detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Bad({ run }: { run: DryRun }) {
  const { t } = useSay()
  return (
    <>
      <div className="tiles" role="status">
        <Tile label={t('imports.total')} value={number(run.total)} />
        <Tile label={t('imports.good')} value={number(run.good)} />
        <Tile label={t('imports.skipped')} value={number(run.skipped)} />
        <Tile label={t('imports.bad')} value={number(run.errors.length)} tone={run.errors.length ? 'high' : undefined} />
      </div>
      <Cells cells={run.errors} caption={t('imports.bad')} />
      <Cells cells={run.skips ?? []} caption={t('imports.skips')} />
    </>
  )
}

export function ImportPlanForm({ file, onRun, onCancel }: { file: ImportUpload; onRun: () => void; onCancel: () => void }) {
  const { t, label } = useSay()
  const may = useMay()
  const [plan, setPlan] = useState<ImportPlan>({
    source: '',
    kind: file.kind,
    sheet: file.sheets[0]?.name ?? null,
    mapping: file.mapping ?? {},
    basis: null,
    employee: null,
  })
  const change = (part: Partial<ImportPlan>) => {
    setPlan({ ...plan, ...part })
    dry.reset()
  }
  const sources = useQuery({ queryKey: ['sources'], queryFn: api.sources.list })
  const people = useQuery({ queryKey: ['employees', 'pick'], queryFn: () => api.employees.list({ limit: 500 }), enabled: may('people.see') })
  const dry = useMutation({ mutationFn: () => api.imports.dryRun(file.id, plan) })
  const run = useMutation({ mutationFn: () => api.imports.run(file.id, plan), onSuccess: onRun })
  const sheet = file.sheets.find((s) => s.name === plan.sheet) ?? file.sheets[0]
  const known = file.layout !== null
  const statement = file.needs_basis || plan.kind === 'transfer.booked'
  const missing = known ? [] : lacking(plan.kind, plan.mapping)
  const because = !plan.source
    ? t('imports.needSource')
    : !known && !plan.kind
      ? t('imports.needKind')
      : missing.length
        ? t('imports.needFields', { fields: missing.map((f) => label('field', f)).join(t('common.listComma')) })
        : statement && !plan.basis
          ? t('imports.needBasis')
          : plan.basis === 'voluntary_submission' && !plan.employee
            ? t('imports.needEmployee')
            : null
  return (
    <>
      <Card
        title={file.name}
        extra={<Button onClick={onCancel}>{t('imports.other')}</Button>}
        note={
          known ? (
            <>
              {t('imports.recognised')} <Mark tone="good">{label('layout', file.layout)}</Mark>
            </>
          ) : (
            t('imports.unknown')
          )
        }
      >
        <div className="import-form">
          <div>
            <span>{t('nav.sources')}</span>
            <Select
              value={plan.source || undefined}
              placeholder={t('imports.needSource')}
              aria-label={t('nav.sources')}
              onChange={(v: string) => change({ source: v })}
              options={sources.data?.items
                .filter((s) => !s.source.startsWith('/probity/'))
                .map((s) => ({ value: s.source, label: `${s.name} ${s.source}` }))}
              notFoundContent={<Link to="/sources">{t('sources.register')}</Link>}
            />
          </div>
          {known ? null : (
            <div>
              <span>{t('records.kind')}</span>
              <Select
                value={plan.kind ?? undefined}
                placeholder={t('imports.needKind')}
                aria-label={t('records.kind')}
                showSearch={{ optionFilterProp: 'label' }}
                onChange={(v: string) =>
                  change({ kind: v, mapping: remapped(v, sheet?.columns ?? [], plan.mapping, (f) => label('field', f)) })
                }
                options={Object.keys(FIELDS).map((k) => ({ value: k, label: label('kind', k) }))}
              />
            </div>
          )}
          {file.sheets.length > 1 ? (
            <div>
              <span>{t('imports.sheet')}</span>
              <Select
                value={plan.sheet ?? undefined}
                aria-label={t('imports.sheet')}
                onChange={(v: string) => change({ sheet: v })}
                options={file.sheets.map((s) => ({ value: s.name, label: `${s.name} (${number(s.rows)})` }))}
              />
            </div>
          ) : null}
        </div>
        {statement ? (
          <fieldset className="basis">
            <legend>{t('imports.basis')}</legend>
            <p className="quiet">{t('imports.basisNote')}</p>
            <Radio.Group
              vertical
              value={plan.basis}
              onChange={(e) => change({ basis: e.target.value as string, employee: e.target.value === 'company_account' ? null : plan.employee })}
              options={(['company_account', 'voluntary_submission', 'court_order'] as const).map((b) => ({
                value: b,
                label: t(`imports.basis_${b}`),
              }))}
            />
            {plan.basis && plan.basis !== 'company_account' ? (
              <div className="inline">
                <span>{t('imports.employee')}</span>
                {people.data?.items.length ? (
                  <Select
                    showSearch={{ optionFilterProp: 'label' }}
                    value={plan.employee ?? undefined}
                    aria-label={t('imports.employee')}
                    style={{ minWidth: 240 }}
                    onChange={(v: string) => change({ employee: v })}
                    options={people.data.items.map((e) => ({ value: e.number, label: `${e.name} ${e.number}` }))}
                  />
                ) : (
                  <Input aria-label={t('imports.employee')} style={{ width: 200 }} value={plan.employee ?? ''} onChange={(e) => change({ employee: e.target.value.trim() || null })} />
                )}
              </div>
            ) : null}
          </fieldset>
        ) : null}
      </Card>

      {sheet && sheet.columns.length ? (
        <Card flush title={t('imports.mapping')} note={known ? t('imports.mappingKnown') : t('imports.mappingNote')}>
          <div className="table-scroll">
            <table className="plain mapping">
              <caption className="sr-only">{t('imports.mapping')}</caption>
              <thead>
                <tr>
                  {sheet.columns.map((c) => (
                    <th key={c} scope="col">
                      <div className="column-name">{c}</div>
                      {known ? (
                        plan.mapping[c] ? (
                          <Mark tone="good">{label('field', plan.mapping[c].replace(/^data\./, ''))}</Mark>
                        ) : (
                          <span className="quiet">{t('imports.kept')}</span>
                        )
                      ) : (
                        <Select
                          allowClear
                          size="small"
                          style={{ width: 150 }}
                          aria-label={t('imports.mapColumn', { column: c })}
                          placeholder={t('imports.kept')}
                          value={plan.mapping[c]}
                          onChange={(v?: string) => {
                            const mapping = { ...plan.mapping }
                            if (v) mapping[c] = v
                            else delete mapping[c]
                            change({ mapping })
                          }}
                          options={targets(plan.kind).map((f) => ({
                            value: f,
                            label: label('field', f.replace(/^data\./, '')),
                            disabled: Object.entries(plan.mapping).some(([col, to]) => to === f && col !== c),
                          }))}
                        />
                      )}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {sheet.preview.map((row, i) => (
                  <tr key={i}>
                    {sheet.columns.map((c, j) => (
                      <td key={c}>{row[j] ?? ''}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Card>
      ) : null}

      <Card title={t('imports.dry')} note={t('imports.dryNote')}>
        <FormProblem error={dry.error ?? run.error} />
        {dry.data ? <Bad run={dry.data} /> : null}
        <div className="row">
          <Act because={because} loading={dry.isPending} type={dry.data ? 'default' : 'primary'} onClick={() => dry.mutate()}>
            {t('imports.dryDo')}
          </Act>
          <Act
            type={dry.data ? 'primary' : 'default'}
            loading={run.isPending}
            because={because ?? (dry.data ? (dry.data.good === 0 ? t('imports.nothingGood') : null) : t('imports.dryFirst'))}
            onClick={() => run.mutate()}
          >
            {dry.data ? t('imports.runCount', { count: dry.data.good }) : t('imports.run')}
          </Act>
          {dry.data?.errors.length ? <span className="quiet">{t('imports.badStay')}</span> : null}
        </div>
      </Card>
    </>
  )
}
