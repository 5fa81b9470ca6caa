// The evidence log: who it is, how far it reaches, when outsiders stamped it, and how anyone can check it.
import { useState } from 'react'
import { Button } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { LogStatus } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act, Copy } from '../../ui/act.tsx'
import { ago, grouped, minute, number } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page, Tile } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { Authorities } from './authorities.tsx'

function Body({ log }: { log: LogStatus }) {
  const { t, en } = useSay()
  const may = useMay()
  const [editing, setEditing] = useState(false)
  const failing = log.authorities.filter((a) => a.error)
  return (
    <>
      {log.stopped ? (
        <p className="notice bad" role="alert">
          {en ? log.stopped.en : log.stopped.zh}
        </p>
      ) : null}
      <div className="tiles">
        <Tile label={t('log.size')} value={number(log.size)} />
        <Tile label={t('log.published')} value={ago(log.published_at)} />
        <Tile label={t('log.epoch')} value={log.epoch} />
        <Tile label={t('log.stamps')} value={log.stamps.length} />
      </div>
      <div className="stack">
        <Card title={t('log.identity')} note={t('log.identityNote')}>
          <dl className="facts wide">
            <dt>{t('log.fingerprint')}</dt>
            <dd>
              <code className="hash big">{grouped(log.fingerprint)}</code>
              <Copy text={log.fingerprint} />
            </dd>
            <dt>{t('log.origin')}</dt>
            <dd className="mono">{log.origin}</dd>
            <dt>{t('log.vkey')}</dt>
            <dd>
              <code className="hash">{log.vkey}</code>
              <Copy text={log.vkey} />
            </dd>
            <dt>{t('log.root')}</dt>
            <dd>
              <code className="hash">{log.root_hash}</code>
            </dd>
            <dt>{t('log.files')}</dt>
            <dd className="row">
              <a href="/log/checkpoint" download="checkpoint.txt">
                {t('log.checkpointFile')}
              </a>
              <a href="/log/vkey" download="vkey.txt">
                {t('log.vkeyFile')}
              </a>
            </dd>
          </dl>
        </Card>
        <Card
          flush
          title={t('log.stampsTitle')}
          note={t('log.stampsNote')}
          extra={
            <Act size="small" because={may('log.edit') ? null : t('log.authoritiesForbidden')} onClick={() => setEditing(true)}>
              {t('log.authorities')}
            </Act>
          }
        >
          {failing.map((a) => (
            <p key={a.url} className="notice warn" style={{ margin: '0 20px 8px' }}>
              <code>{a.url}</code> {a.error}
            </p>
          ))}
          {log.authorities.length ? (
            <ul className="others authorities">
              {log.authorities.map((a) => (
                <li key={a.url}>
                  <code>{a.url}</code>
                  {a.ca ? <Mark tone="good">{t('log.caThere')}</Mark> : <Mark tone="medium">{t('log.caMissing')}</Mark>}
                  <span className="quiet">{a.last_at ? t('log.lastStamp', { ago: ago(a.last_at) }) : t('log.neverStamped')}</span>
                </li>
              ))}
              <li className="quiet">{t('log.everyMinutes', { count: log.every_minutes })}</li>
            </ul>
          ) : null}
          {log.stamps.length ? (
            <Table
              rows={log.stamps}
              rowKey={(s) => `${s.authority} ${s.size}`}
              caption={t('log.stampsTitle')}
              columns={[
                { key: 'at', title: t('log.at'), label: false, render: (s) => minute(s.at) },
                { key: 'who', title: t('log.authority'), render: (s) => s.authority },
                { key: 'size', num: true, title: t('log.size'), render: (s) => number(s.size) },
                {
                  key: 'ok',
                  title: t('log.checked'),
                  render: (s) => (s.verified ? <Mark tone="good">{t('log.good')}</Mark> : <Mark tone="medium">{t('log.unchecked')}</Mark>),
                },
              ]}
            />
          ) : (
            <Empty title={t('log.noStamps')} action={may('log.edit') ? <Button onClick={() => setEditing(true)}>{t('log.authorities')}</Button> : null}>
              <p>{log.authorities.length ? t('log.noStampsYet') : t('log.noStampsHint')}</p>
            </Empty>
          )}
        </Card>
        <Card flush title={t('log.checkpoints')} note={t('log.checkpointsNote')}>
          {log.checkpoints.length ? (
            <Table
              rows={log.checkpoints}
              rowKey={(c) => String(c.size)}
              caption={t('log.checkpoints')}
              columns={[
                { key: 'at', width: 160, title: t('log.at'), label: false, render: (c) => minute(c.at) },
                { key: 'size', width: 110, num: true, title: t('log.size'), render: (c) => number(c.size) },
                { key: 'root', title: t('log.root'), render: (c) => <code className="hash" style={{ margin: 0 }}>{c.root_hash}</code> },
              ]}
            />
          ) : (
            <Empty title={t('log.noCheckpoints')} />
          )}
        </Card>
      </div>
      {editing ? <Authorities log={log} onClose={() => setEditing(false)} /> : null}
    </>
  )
}

export default function Log() {
  const { t } = useSay()
  const log = useQuery({ queryKey: ['log'], queryFn: api.log, refetchInterval: 15_000 })
  return (
    <Page title={t('nav.log')} lead={t('log.lead')}>
      <Await query={log} rows={8}>
        {(l) => <Body log={l} />}
      </Await>
    </Page>
  )
}
