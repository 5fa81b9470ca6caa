// A one-time link, shown once: who closes it without copying has to make another.
import { Modal } from 'antd'
import type { Link } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Copy } from '../../ui/act.tsx'
import { minute } from '../../ui/format.ts'

export function LinkShown({ link, name }: { link: Link; name: string }) {
  const { t } = useSay()
  const address = window.location.origin + link.path
  return (
    <>
      <p className="notice warn">{t('users.linkOnce', { name })}</p>
      <code className="hash secret" data-testid="one-time-link">
        {address}
      </code>
      <div className="row" style={{ marginTop: 10 }}>
        <Copy text={address} label={t('users.linkCopy')} />
        <span className="quiet">{t('users.linkUntil', { at: minute(link.expires_at) })}</span>
      </div>
    </>
  )
}

export function LinkOnce({ link, name, onClose }: { link: Link; name: string; onClose: () => void }) {
  const { t } = useSay()
  return (
    <Modal
      open
      title={t('users.linkTitle')}
      okText={t('tokens.kept')}
      cancelButtonProps={{ style: { display: 'none' } }}
      closable={false}
      mask={{ closable: false }}
      onOk={onClose}
    >
      <LinkShown link={link} name={name} />
    </Modal>
  )
}
