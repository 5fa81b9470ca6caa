// The second factor: an authenticator app, passkeys, and the codes for the day the phone is lost.
import { useState } from 'react'
import { Button, Form, Input, Modal } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Account, TotpStart } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { SESSION } from '../../session-query.ts'
import { Act, Copy, FormProblem } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { Card, Mark } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'
import { hasPasskeys, makePasskey } from './passkey.ts'

/** Whatever weakens or widens the account asks for the password again. */
function AskPassword({ title, lead, okText, danger, named, act, onClose }: {
  title: string
  lead: string
  okText: string
  danger?: boolean
  /** Asks also what to call it. */
  named?: boolean
  act: (password: string, name: string) => Promise<unknown>
  onClose: () => void
}) {
  const { t } = useSay()
  const [form] = Form.useForm<{ password: string; name?: string }>()
  const run = useMutation({ mutationFn: (v: { password: string; name?: string }) => act(v.password, v.name ?? '') })
  return (
    <Modal open title={title} okText={okText} okButtonProps={{ danger, loading: run.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <p className="quiet">{lead}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => run.mutate(v)}>
        <FormProblem error={run.error} />
        {named ? (
          <Form.Item name="name" label={t('account.passkeyName')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
            <Input placeholder={t('account.passkeyNameHint')} maxLength={60} autoFocus />
          </Form.Item>
        ) : null}
        <Form.Item name="password" label={t('account.oldPassword')} rules={[{ required: true, message: t('signIn.passwordNeeded') }]}>
          <Input.Password autoComplete="current-password" autoFocus={!named} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useSay()
  return (
    <Modal
      open
      title={t('account.codesTitle')}
      okText={t('tokens.kept')}
      cancelButtonProps={{ style: { display: 'none' } }}
      closable={false}
      mask={{ closable: false }}
      onOk={onClose}
    >
      <p className="notice warn">{t('account.codesOnce')}</p>
      <ul className="codes" data-testid="recovery-codes">
        {codes.map((c) => (
          <li key={c}>{c}</li>
        ))}
      </ul>
      <Copy text={codes.join('\n')} label={t('account.codesCopy')} />
    </Modal>
  )
}

function Enrol({ start, onDone, onClose }: { start: TotpStart; onDone: (codes: string[] | null) => void; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ code: string }>()
  const confirm = useMutation({
    mutationFn: (v: { code: string }) => api.account.confirmTotp(v.code),
    onSuccess: (r) => onDone(r.recovery_codes ?? null),
    onError: () => form.setFieldValue('code', undefined),
  })
  return (
    <Modal open title={t('account.totpTitle')} okText={t('account.totpConfirm')} okButtonProps={{ loading: confirm.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <p>{t('account.totpScan')}</p>
      <img className="scan" alt={t('account.totpQr')} src={`data:image/svg+xml;utf8,${encodeURIComponent(start.svg)}`} />
      <p className="quiet">{t('account.totpType')}</p>
      <p className="row">
        <code className="hash secret" data-testid="totp-secret" style={{ margin: 0 }}>
          {start.secret}
        </code>
        <Copy text={start.secret} />
      </p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => confirm.mutate(v)}>
        <FormProblem error={confirm.error} />
        <Form.Item name="code" label={t('account.totpCode')} rules={[{ required: true, message: t('signIn.codeNeeded') }]}>
          <Input className="mono" autoComplete="one-time-code" inputMode="numeric" maxLength={7} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  )
}

type Asking = { what: 'totp' | 'totpOff' | 'passkey' | 'codes' } | { what: 'removePasskey'; id: string; name: string }

export function Factors({ account }: { account: Account }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const toast = useToast()
  const [asking, setAsking] = useState<Asking | null>(null)
  const [start, setStart] = useState<TotpStart | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const close = () => setAsking(null)
  const after = (fresh?: string[] | null) => {
    setAsking(null)
    setStart(null)
    if (fresh) setCodes(fresh)
    void queries.invalidateQueries({ queryKey: ['account'] })
    void queries.invalidateQueries({ queryKey: SESSION })
  }
  const acts: Record<Asking['what'], (password: string, name: string) => Promise<void>> = {
    totp: async (password) => {
      const begun = await api.account.beginTotp(password)
      setAsking(null)
      setStart(begun)
    },
    totpOff: async (password) => {
      await api.account.endTotp(password)
      after()
    },
    passkey: async (password, name) => {
      const made = await makePasskey(await api.account.beginPasskey(password), name)
      if (!made) {
        toast.good(t('account.passkeyTurnedAway'))
        return
      }
      after((await api.account.keepPasskey(made)).recovery_codes)
    },
    removePasskey: async (password) => {
      if (asking?.what === 'removePasskey') await api.account.removePasskey(asking.id, password)
      after()
    },
    codes: async (password) => after((await api.account.renewCodes(password)).recovery_codes),
  }
  const any = account.totp_since !== null || account.passkeys.length > 0
  const noPasskeys = account.passkeys_refused ?? (hasPasskeys() ? null : t('account.noPasskeys'))
  return (
    <Card className="factor" title={t('account.factors')} note={t(account.second_factor_required ? 'account.factorsRequired' : 'account.factorsNote')}>
      <h3 className="sub">
        {t('account.totp')} {account.totp_since ? <Mark tone="good">{t('account.onSince', { date: day(account.totp_since) })}</Mark> : null}
      </h3>
      <p className="quiet">{t('account.totpLead')}</p>
      <p>
        {account.totp_since ? (
          <Button danger onClick={() => setAsking({ what: 'totpOff' })}>
            {t('account.totpOff')}
          </Button>
        ) : (
          <Button onClick={() => setAsking({ what: 'totp' })}>{t('account.totpOn')}</Button>
        )}
      </p>
      <h3 className="sub">{t('account.passkeys')}</h3>
      <p className="quiet">{t('account.passkeysLead')}</p>
      {account.passkeys.length ? (
        <ul className="keys">
          {account.passkeys.map((k) => (
            <li key={k.id}>
              <span>
                {k.name}
                <small>
                  {t('account.passkeyMade', { date: day(k.created_at) })}
                  {k.last_used_at ? ` · ${t('account.passkeyUsed', { date: day(k.last_used_at) })}` : ''}
                </small>
              </span>
              <Button size="small" danger aria-label={`${t('account.remove')}${t('common.colon')}${k.name}`} onClick={() => setAsking({ what: 'removePasskey', id: k.id, name: k.name })}>
                {t('account.remove')}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <p>
        <Act because={noPasskeys} onClick={() => setAsking({ what: 'passkey' })}>
          {t('account.passkeyAdd')}
        </Act>
      </p>
      {noPasskeys ? <p className="quiet">{noPasskeys}</p> : null}
      {any ? (
        <>
          <h3 className="sub">
            {t('account.codes')}{' '}
            <Mark tone={account.recovery_codes_left < 3 ? 'medium' : 'good'}>{t('account.codesLeft', { count: account.recovery_codes_left })}</Mark>
          </h3>
          <p className="quiet">{t('account.codesLead')}</p>
          <p>
            <Button onClick={() => setAsking({ what: 'codes' })}>{t('account.codesRenew')}</Button>
          </p>
        </>
      ) : null}
      {asking ? (
        <AskPassword
          title={t(`account.ask.${asking.what}.title`)}
          lead={t(`account.ask.${asking.what}.lead`)}
          okText={t(`account.ask.${asking.what}.ok`)}
          danger={asking.what === 'totpOff' || asking.what === 'removePasskey'}
          named={asking.what === 'passkey'}
          act={acts[asking.what]}
          onClose={close}
        />
      ) : null}
      {start ? <Enrol start={start} onDone={after} onClose={() => setStart(null)} /> : null}
      {codes ? <Codes codes={codes} onClose={() => setCodes(null)} /> : null}
    </Card>
  )
}
